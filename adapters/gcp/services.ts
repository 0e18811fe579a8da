import type { Environment } from './credentials.ts';

/** How a service is spoken to: its name in errors, its host, and the variable that names an emulator. */
export type Service = {
  readonly name: string;
  readonly host: string;
  /** `host:port` or a URL. Nobody asks an emulator's caller who he is where `isOpen`. */
  readonly variable: string;
  readonly isOpen: boolean;
};

export const firestore: Service = {
  name: 'Firestore',
  host: 'firestore.googleapis.com',
  variable: 'FIRESTORE_EMULATOR_HOST',
  isOpen: true,
};
export const pubSub: Service = { name: 'Pub/Sub', host: 'pubsub.googleapis.com', variable: 'PUBSUB_EMULATOR_HOST', isOpen: true };
export const storage: Service = { name: 'Cloud Storage', host: 'storage.googleapis.com', variable: 'STORAGE_EMULATOR_HOST', isOpen: true };
export const secretManager: Service = {
  name: 'Secret Manager',
  host: 'secretmanager.googleapis.com',
  variable: 'HYBRID_SECRETMANAGER_ENDPOINT',
  isOpen: false,
};
export const cloudTasks: Service = {
  name: 'Cloud Tasks',
  host: 'cloudtasks.googleapis.com',
  variable: 'HYBRID_CLOUDTASKS_ENDPOINT',
  isOpen: false,
};
export const iamCredentials: Service = {
  name: 'IAM Credentials',
  host: 'iamcredentials.googleapis.com',
  variable: 'HYBRID_IAMCREDENTIALS_ENDPOINT',
  isOpen: false,
};

/** The URL of a service, without a slash at the end. */
export const endpointOf = ({ host, variable }: Service, environment: Environment): string => {
  const other = environment[variable];
  if (!other) return `https://${host}`;
  return (/^https?:\/\//.test(other) ? other : `http://${other}`).replace(/\/+$/, '');
};

/** Whether a service is an emulator that asks for no token. */
export const isOpenHere = ({ variable, isOpen }: Service, environment: Environment): boolean => isOpen && Boolean(environment[variable]);
