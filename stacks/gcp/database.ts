import { Database as FirestoreDatabase, type DatabaseArgs as FirestoreDatabaseArgs } from '@pulumi/gcp/firestore/database.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { ofData, type Transform, transformed } from '../component.ts';

export type DatabaseArgs = {
  readonly databaseName: string;
  readonly region: string;
  /** A key of the stack's own; Google's where it is absent. */
  readonly keyName?: Input<string> | undefined;
  readonly protectsData: boolean;
  readonly transform?: { readonly database?: Transform<FirestoreDatabaseArgs> } | undefined;
};

/** The tables of one context: the narrowest thing in Firestore that a grant can name. Restorable to any minute of seven days. */
export class Database extends ComponentResource {
  readonly databaseName: Output<string>;

  constructor(name: string, args: DatabaseArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Database', name, {}, options);
    const database = new FirestoreDatabase(`${name}-database`, transformed(databaseOf(args), args.transform?.database), {
      parent: this,
      ...ofData(args.protectsData),
    });
    this.databaseName = database.name;
    this.registerOutputs({ databaseName: this.databaseName });
  }
}

const databaseOf = ({ databaseName, region, keyName, protectsData }: DatabaseArgs): FirestoreDatabaseArgs => ({
  name: databaseName,
  locationId: region,
  type: 'FIRESTORE_NATIVE',
  // Commits hold to preconditions, and nobody locks what others read.
  concurrencyMode: 'OPTIMISTIC',
  pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_ENABLED',
  deleteProtectionState: protectsData ? 'DELETE_PROTECTION_ENABLED' : 'DELETE_PROTECTION_DISABLED',
  // Without it a `destroy` would leave the database behind, and its name taken.
  deletionPolicy: protectsData ? 'ABANDON' : 'DELETE',
  ...(keyName === undefined ? {} : { cmekConfig: { kmsKeyName: keyName } }),
});
