import type { Input } from '@pulumi/pulumi';
import type { BuiltInRole } from './built-in-roles.ts';
import type { CosmosRole } from './cosmos-roles.ts';

/** What somebody may do and where: one role, on one resource. `of` names the resource: `models-artifacts`. */
export type Access = { readonly of: string; readonly scope: Input<string> } & (
  | { readonly role: BuiltInRole }
  | { readonly cosmosRole: CosmosRole }
);
