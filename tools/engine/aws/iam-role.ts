import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { Policy } from './policy.ts';

const Inputs = z.object({
  name: z.string(),
  assumeRolePolicy: Policy,
  description: z.string().optional(),
  path: z.string().optional(),
  permissionsBoundary: z.string().optional(),
});

export const role = ({ iam }: Clients) =>
  kind({
    type: 'aws:iam/role:Role',
    inputs: Inputs,
    naming: { property: 'name', longest: 64 },
    replacedBy: ['name', 'path'],
    computes: ['arn', 'uniqueId'],
    create: async ({ name, assumeRolePolicy, description, path }) => {
      const made = await iam.send(
        new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: assumeRolePolicy, Description: description, Path: path }),
      );
      return { id: name, computed: { arn: made.Role?.Arn, uniqueId: made.Role?.RoleId } };
    },
    read: async (id) => {
      const said = await found(iam.send(new GetRoleCommand({ RoleName: id })));
      return said === undefined ? undefined : { computed: { arn: said.Role?.Arn, uniqueId: said.Role?.RoleId } };
    },
    update: async (id, { assumeRolePolicy }) => {
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: assumeRolePolicy }));
      return {};
    },
    remove: async (id) => {
      await found(iam.send(new DeleteRoleCommand({ RoleName: id })));
    },
  });
