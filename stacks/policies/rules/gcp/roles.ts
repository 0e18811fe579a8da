/** Kinds of grants, by what the role is granted on. */
export const on = {
  project: 'gcp:projects/iAMMember:IAMMember',
  account: 'gcp:serviceaccount/iAMMember:IAMMember',
  bucket: 'gcp:storage/bucketIAMMember:BucketIAMMember',
  topic: 'gcp:pubsub/topicIAMMember:TopicIAMMember',
  subscription: 'gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember',
  secret: 'gcp:secretmanager/secretIamMember:SecretIamMember',
  tasks: 'gcp:cloudtasks/queueIamMember:QueueIamMember',
  key: 'gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember',
  service: 'gcp:cloudrunv2/serviceIamMember:ServiceIamMember',
} as const;

/** Google's roles that may be granted, and on what alone. One that is not here nobody is granted: whatever mints tokens or owns among them. */
export const narrowRoles: { readonly [role: string]: string } = {
  'roles/run.invoker': on.service,
  'roles/pubsub.publisher': on.topic,
  'roles/pubsub.subscriber': on.subscription,
  'roles/cloudtasks.enqueuer': on.tasks,
  'roles/secretmanager.secretAccessor': on.secret,
  'roles/secretmanager.secretVersionAdder': on.secret,
  'roles/storage.objectViewer': on.bucket,
  'roles/cloudkms.cryptoKeyEncrypterDecrypter': on.key,
  // Whoever puts a task says as whom it comes.
  'roles/iam.serviceAccountUser': on.account,
  // Rights that belong to no resource, and none to data.
  'roles/eventarc.eventReceiver': on.project,
  'roles/logging.logWriter': on.project,
  'roles/artifactregistry.writer': on.project,
};

/** Of Google's own services alone, on the project: what Google grants them itself where people make them. */
const agentRoles: { readonly [role: string]: string } = {
  'roles/eventarc.serviceAgent': 'gcp-sa-eventarc',
  'roles/firestore.serviceAgent': 'gcp-sa-firestore',
  'roles/pubsub.serviceAgent': 'gcp-sa-pubsub',
};

/** Whether a role on the project goes to the one service whose it is; in a preview the member may not be known yet. */
export const isOfItsAgent = (role: string, member: string): boolean => {
  const agent = agentRoles[role];
  return (
    agent !== undefined &&
    (member === '' || new RegExp(`^serviceAccount:service-\\d+@${agent}\\.iam\\.gserviceaccount\\.com$`).test(member))
  );
};

/** The bucket that Cloud Functions copies zips to, in one region, and no other. */
export const copiesOfZips = /^resource\.name\.startsWith\("projects\/_\/buckets\/gcf-v2-sources-\d+-[a-z]+-[a-z]+\d+"\)$/;

/** What a role of the stack's own may hold: work with items and objects, and the signature under a URL. */
export const harmlessPermission =
  /^(datastore\.entities\.(create|delete|get|list|update)|storage\.objects\.(create|delete|get|list)|iam\.serviceAccounts\.signBlob)$/;

/** One database, and nothing beside it that would be true of others. */
export const oneDatabase = /^resource\.name == "projects\/[^"/]+\/databases\/[^"/]+"$/;

/** Google's own accounts for its services, and those of a project: no person, no group, no domain. */
const ofService = /^serviceAccount:service-\d+@(gcp-sa-[a-z]+|gs-project-accounts)\.iam\.gserviceaccount\.com$/;
const ofProject = /^serviceAccount:[a-z][a-z0-9-]*@([a-z][a-z0-9-]*)\.iam\.gserviceaccount\.com$/;

/** Whether a member is an account of this project, where that is known, or one of Google's. */
export const isAccountOf = (project: string, member: string): boolean => {
  const [, of] = ofProject.exec(member) ?? [];
  return ofService.test(member) || (of !== undefined && (project === '' || of === project));
};
