/** The one project that is emulated, and where. */
export type Project = { readonly id: string; readonly number: string; readonly region: string };

/** URLs without a slash at the end. */
export type Emulators = {
  readonly firestore: string;
  readonly pubSub: string;
  readonly storage: string;
  readonly secretManager: string;
};
