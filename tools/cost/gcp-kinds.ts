/** Kinds of Google Cloud that the price list knows. */
export const gcpTypes = {
  function: 'gcp:cloudfunctionsv2/function:Function',
  gateway: 'gcp:apigateway/gateway:Gateway',
  job: 'gcp:cloudscheduler/job:Job',
  database: 'gcp:firestore/database:Database',
  topic: 'gcp:pubsub/topic:Topic',
  subscription: 'gcp:pubsub/subscription:Subscription',
  trigger: 'gcp:eventarc/trigger:Trigger',
  secretVersion: 'gcp:secretmanager/secretVersion:SecretVersion',
  key: 'gcp:kms/cryptoKey:CryptoKey',
  alarm: 'gcp:monitoring/alertPolicy:AlertPolicy',
  policy: 'gcp:compute/securityPolicy:SecurityPolicy',
  rule: 'gcp:compute/globalForwardingRule:GlobalForwardingRule',
} as const;

/** Kinds that cost nothing by being there: permissions, wiring, and what is paid by use elsewhere in the list. */
export const gcpFree: readonly RegExp[] = [
  /^gcp:(projects|serviceaccount|bigquery|billing|cloudtasks|dns|logging)\//,
  /^gcp:\w+\/\w*(IAMMember|IamMember|iAMMember|iamMember):/,
  /^gcp:firestore\/(document|field|index):/,
  /^gcp:secretmanager\/secret:/,
  /^gcp:storage\/(bucket|bucketObject):/,
  /^gcp:apigateway\/(api|apiConfig):/,
  /^gcp:kms\/keyRing:/,
  /^gcp:monitoring\/(dashboard|notificationChannel):/,
  // An address costs something only while no rule uses it.
  /^gcp:compute\/(backendService|globalAddress|managedSslCertificate|regionNetworkEndpointGroup|sSLPolicy|targetHttpsProxy|uRLMap):/,
];
