/** The one project that is emulated, and where. */
export type Project = { readonly id: string; readonly number: string; readonly region: string };

/** The access token of who deploys, as the provider tells the program. */
export const deployerToken = 'emulated';

/** The account that one of Google's own services works as in the project: `gcp-sa-pubsub`. */
export const agentOf = ({ number }: Project, service: string): string => `service-${number}@${service}.iam.gserviceaccount.com`;

/** URLs without a slash at the end. */
export type Emulators = {
  readonly firestore: string;
  readonly pubSub: string;
  readonly storage: string;
  readonly secretManager: string;
};
