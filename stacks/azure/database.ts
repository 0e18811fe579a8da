import { DatabaseAccount, type DatabaseAccountArgs } from '@pulumi/azure-native/cosmosdb/databaseAccount.js';
import { SqlResourceSqlContainer, type SqlResourceSqlContainerArgs } from '@pulumi/azure-native/cosmosdb/sqlResourceSqlContainer.js';
import { SqlResourceSqlDatabase, type SqlResourceSqlDatabaseArgs } from '@pulumi/azure-native/cosmosdb/sqlResourceSqlDatabase.js';
import {
  SqlResourceSqlRoleDefinition,
  type SqlResourceSqlRoleDefinitionArgs,
} from '@pulumi/azure-native/cosmosdb/sqlResourceSqlRoleDefinition.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import { ofData, type TransformEach, transformed } from '../component.ts';
import { type Home, placed, tagsOf } from './component.ts';
import { type CosmosRole, cosmosRoles } from './cosmos-roles.ts';
import type { EncryptedBy } from './keys.ts';
import { uuidOf } from './names.ts';
import { onceSettled } from './settling.ts';
import { turns } from './turns.ts';

export type DatabaseArgs = {
  readonly home: Home;
  readonly encryptedBy?: EncryptedBy | undefined;
  /** Copies in three zones of the region instead of in one. */
  readonly enableZones: boolean;
  readonly protectsData: boolean;
  readonly transform?: TransformEach<Children> | undefined;
};

type Children = {
  account: DatabaseAccountArgs;
  database: SqlResourceSqlDatabaseArgs;
  leases: SqlResourceSqlContainerArgs;
  role: SqlResourceSqlRoleDefinitionArgs;
};

const databaseName = 'platform';

/** The account that all tables are in: paid by request, restorable to any second of the last seven days, reached with an identity and no key. */
export class Database extends ComponentResource {
  readonly accountName: Output<string>;
  readonly accountId: Output<string>;
  readonly endpoint: Output<string>;
  readonly databaseName: Output<string>;
  readonly leases: Output<string>;
  /** Ids of the roles that a grant of a container names. */
  readonly roles: { readonly [role in CosmosRole]: Output<string> };
  /** Definitions and assignments of roles. */
  readonly inTurn = turns();

  constructor(name: string, args: DatabaseArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Database', name, {}, options);
    const { home, protectsData, transform = {} } = args;
    const kept = { parent: this, ...ofData(protectsData) };
    const account = new DatabaseAccount(`${name}-account`, transformed(accountOf(args), transform.account), {
      ...kept,
      ...(args.encryptedBy === undefined ? {} : onceSettled),
    });
    const of = { resourceGroupName: home.resourceGroupName, accountName: account.name };
    const made: SqlResourceSqlDatabaseArgs = { ...of, databaseName, resource: { id: databaseName } };
    const database = new SqlResourceSqlDatabase(`${name}-database`, transformed(made, transform.database), kept);
    const leased: SqlResourceSqlContainerArgs = { ...of, databaseName: database.name, containerName: ofLeases.id, resource: ofLeases };
    const leases = new SqlResourceSqlContainer(`${name}-leases`, transformed(leased, transform.leases), kept);
    const role = (which: CosmosRole): Output<string> => {
      const definition: SqlResourceSqlRoleDefinitionArgs = {
        ...of,
        roleDefinitionId: account.id.apply((id) => uuidOf(id, which)),
        roleName: `hybrid ${which}`,
        type: 'CustomRole',
        assignableScopes: [account.id],
        permissions: [{ dataActions: [...cosmosRoles[which]] }],
      };
      const given = transformed(definition, transform.role);
      return this.inTurn((after) => new SqlResourceSqlRoleDefinition(`${name}-${which}`, given, { parent: this, ...after })).id;
    };
    this.roles = Object.fromEntries(Object.keys(cosmosRoles).map((which) => [which, role(which as CosmosRole)])) as Database['roles'];
    this.accountName = account.name;
    this.accountId = account.id;
    this.endpoint = account.documentEndpoint;
    this.databaseName = database.name;
    this.leases = leases.name;
    this.registerOutputs({ accountName: this.accountName, endpoint: this.endpoint });
  }

  /** What a role is assigned on: one container of the database. */
  scopeOf(container: Output<string>): Output<string> {
    return interpolate`${this.accountId}/dbs/${this.databaseName}/colls/${container}`;
  }
}

const accountOf = ({ home, encryptedBy, enableZones }: DatabaseArgs): DatabaseAccountArgs => ({
  ...placed(home),
  kind: 'GlobalDocumentDB',
  databaseAccountOfferType: 'Standard',
  capabilities: [{ name: 'EnableServerless' }],
  locations: [{ locationName: home.location, failoverPriority: 0, isZoneRedundant: enableZones }],
  // Whoever reads sees what was acknowledged, whichever instance wrote it: a session's token would have to travel with every request.
  consistencyPolicy: { defaultConsistencyLevel: 'Strong' },
  backupPolicy: { type: 'Continuous', continuousModeProperties: { tier: 'Continuous7Days' } },
  disableLocalAuth: true,
  disableKeyBasedMetadataWriteAccess: true,
  minimalTlsVersion: 'Tls12',
  ...(encryptedBy === undefined
    ? {}
    : {
        identity: { type: 'UserAssigned' as const, userAssignedIdentities: [encryptedBy.identityId] },
        defaultIdentity: interpolate`UserAssignedIdentity=${encryptedBy.identityId}`,
        keyVaultKeyUri: encryptedBy.keyUri,
      }),
  tags: tagsOf(home, 'platform'),
});

/** Where triggers of changes keep how far they are, again and again: an index would double what that costs. */
const ofLeases = {
  id: 'leases',
  partitionKey: { paths: ['/id'], kind: 'Hash', version: 2 },
  // The lock of a host that was killed goes by itself.
  defaultTtl: -1,
  indexingPolicy: { indexingMode: 'consistent', automatic: true, includedPaths: [], excludedPaths: [{ path: '/*' }] },
};
