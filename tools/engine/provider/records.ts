import type { Listening } from '../grpc.ts';

/** What was asked for of the kinds that no emulator is asked to make, and is not deleted yet; by an id of the cloud's own. */
export type Records = Map<string, { readonly type: string; readonly urn: string }>;

/** A provider of a cloud's package that makes on emulators what it is asked for, and keeps a record of what it only accepts. */
export type EmulatedProvider = Listening & { readonly records: Records };
