/** The project that graphs are drawn for, and what Google Cloud would name the resources there. */
export const project = 'hybrid-test';
export const projectNumber = '123456789012';
export const region = 'europe-west1';

type Inputs = { readonly [property: string]: unknown };

const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** What a provider adds to the inputs of a resource, by the last part of its type: the id that others refer to it by, and what else is known then. */
const made: { readonly [type: string]: (name: string, inputs: Inputs) => Inputs } = {
  topic: (name) => ({ id: `projects/${project}/topics/${name}` }),
  subscription: (name) => ({ id: `projects/${project}/subscriptions/${name}` }),
  queue: (name) => ({ id: `projects/${project}/locations/${region}/queues/${name}` }),
  account: (name, { accountId }) => {
    const email = `${text(accountId, name)}@${project}.iam.gserviceaccount.com`;
    return { email, member: `serviceAccount:${email}`, name: `projects/${project}/serviceAccounts/${email}`, id: email };
  },
  iAMCustomRole: (_name, { roleId }) => ({ name: `projects/${project}/roles/${String(roleId)}`, id: String(roleId) }),
  secret: (_name, { secretId }) => ({ id: `projects/${project}/secrets/${String(secretId)}` }),
  keyRing: (name) => ({ id: `projects/${project}/locations/${region}/keyRings/${name}` }),
  cryptoKey: (name, { keyRing }) => ({ id: `${String(keyRing)}/cryptoKeys/${name}` }),
  projectBucketConfig: (name) => ({ id: `projects/${project}/locations/${region}/buckets/${name}` }),
  bucketObject: (name, { name: path }) => ({ name: text(path, name) }),
  function: (name, { serviceConfig }) => ({
    serviceConfig: { ...(serviceConfig as Inputs), uri: `https://${name}-abcdefghij-ew.a.run.app`, service: name },
    updateTime: '2026-01-01T00:00:00Z',
  }),
  apiConfig: (name, { api }) => ({ id: `projects/${project}/locations/global/apis/${String(api)}/configs/${name}` }),
  gateway: (name) => ({ defaultHostname: `${name}-abcdefgh.ew.gateway.dev` }),
  globalAddress: () => ({ address: '203.0.113.1' }),
  dashboard: () => ({ id: `projects/${projectNumber}/dashboards/00000000-0000-0000-0000-000000000000` }),
  randomId: () => ({ hex: '1a2b3c4d' }),
  randomPassword: () => ({ result: 'r'.repeat(43) }),
};

/** A resource as it is once it is made: with a name of its own (the logical one and a suffix) where the program gave it none. */
export const outputsOf = (type: string, name: string, inputs: Inputs): { readonly id: string; readonly state: Inputs } => {
  const called = text(inputs.name, `${name}-1234567`);
  const kind = type.split('/').at(-1)?.split(':').at(0) ?? '';
  const { id = called, ...added } = made[kind]?.(called, inputs) ?? {};
  return { id: String(id), state: { ...inputs, id: String(id), name: called, ...added } };
};

/** What Google Cloud answers when it is asked something. */
export const answerTo = (token: string): Inputs => answers[token] ?? {};

const storageAgent = `service-${projectNumber}@gs-project-accounts.iam.gserviceaccount.com`;
const answers: { readonly [token: string]: Inputs } = {
  'gcp:organizations/getProject:getProject': { projectId: project, number: projectNumber },
  'gcp:storage/getProjectServiceAccount:getProjectServiceAccount': {
    emailAddress: storageAgent,
    member: `serviceAccount:${storageAgent}`,
  },
};
