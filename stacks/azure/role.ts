import { RoleAssignment, type RoleAssignmentArgs } from '@pulumi/azure-native/authorization/roleAssignment.js';
import {
  SqlResourceSqlRoleAssignment,
  type SqlResourceSqlRoleAssignmentArgs,
} from '@pulumi/azure-native/cosmosdb/sqlResourceSqlRoleAssignment.js';
import { UserAssignedIdentity, type UserAssignedIdentityArgs } from '@pulumi/azure-native/managedidentity/userAssignedIdentity.js';
import { all, ComponentResource, type ComponentResourceOptions, type Input, type Output, type Resource } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import type { Access } from './access.ts';
import { type BuiltInRole, builtInRoleId } from './built-in-roles.ts';
import { type Home, placed, tagsOf } from './component.ts';
import type { Database } from './database.ts';
import { uuidOf } from './names.ts';
import { assigning } from './settling.ts';

export type RoleArgs = {
  readonly home: Home;
  readonly context: string;
  readonly subscriptionId: Input<string>;
  readonly database: Database;
  readonly access: readonly Access[];
  readonly transform?: TransformEach<{ identity: UserAssignedIdentityArgs }> | undefined;
};

/** Something that has to be there before what it allows can be done. */
export type Assigned = Resource & { readonly id: Output<string> };

type Assignment = {
  readonly subscriptionId: Input<string>;
  readonly role: BuiltInRole;
  readonly scope: Input<string>;
  readonly principalId: Input<string>;
};

export const assign = (name: string, { subscriptionId, role, scope, principalId }: Assignment, parent: Resource): Assigned => {
  const made: RoleAssignmentArgs = {
    scope,
    principalId,
    // Without it an identity that was made just now may not be found yet, and the assignment would be refused.
    principalType: 'ServicePrincipal',
    roleDefinitionId: builtInRoleId(subscriptionId, role),
  };
  return new RoleAssignment(name, made, { parent, ...assigning });
};

/** The identity of one app, with exactly the roles that it is given, each on one resource. */
export class Role extends ComponentResource {
  readonly identityId: Output<string>;
  readonly principalId: Output<string>;
  readonly clientId: Output<string>;
  readonly assigned: readonly Assigned[];

  constructor(name: string, args: RoleArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Role', name, {}, options);
    const { home, context } = args;
    const made: UserAssignedIdentityArgs = { ...placed(home), tags: tagsOf(home, context) };
    const identity = new UserAssignedIdentity(`${name}-identity`, transformed(made, args.transform?.identity), { parent: this });
    this.identityId = identity.id;
    this.principalId = identity.principalId;
    this.clientId = identity.clientId;
    this.assigned = args.access.map((one) => this.#assign(name, one, args));
    this.registerOutputs({ principalId: this.principalId });
  }

  #assign(name: string, access: Access, { subscriptionId, database, home }: RoleArgs): Assigned {
    const { principalId } = this;
    const { of, scope } = access;
    if ('role' in access) return assign(`${name}-${access.role}-${of}`, { subscriptionId, role: access.role, scope, principalId }, this);
    const { cosmosRole } = access;
    const roleDefinitionId = database.roles[cosmosRole];
    const made: SqlResourceSqlRoleAssignmentArgs = {
      resourceGroupName: home.resourceGroupName,
      accountName: database.accountName,
      roleAssignmentId: all([principalId, roleDefinitionId, scope]).apply((parts) => uuidOf(...parts)),
      ...{ roleDefinitionId, scope, principalId },
    };
    const within = { parent: this, ...assigning };
    return database.inTurn((after) => new SqlResourceSqlRoleAssignment(`${name}-${cosmosRole}-${of}`, made, { ...within, ...after }));
  }
}
