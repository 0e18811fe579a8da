import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRolePolicyCommand,
  ListAttachedRolePoliciesCommand,
  PutRolePolicyCommand,
} from '@aws-sdk/client-iam';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';
import { Policy } from './policy.ts';

const Inline = z.object({ name: z.string(), role: z.string(), policy: Policy });

/** The service gives documents percent-encoded. */
const decoded = (document: string | undefined): string | undefined => (document?.startsWith('%') ? decodeURIComponent(document) : document);

export const rolePolicy = ({ iam }: Clients) => {
  const put = ({ name, role, policy }: z.output<typeof Inline>) =>
    iam.send(new PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }));
  return kind({
    type: 'aws:iam/rolePolicy:RolePolicy',
    inputs: Inline,
    naming: { property: 'name', longest: 128 },
    replacedBy: ['name', 'role'],
    computes: [],
    create: async (inputs) => {
      await put(inputs);
      return { id: `${inputs.role}:${inputs.name}`, computed: {} };
    },
    read: async (_id, state) => {
      const said = await found(iam.send(new GetRolePolicyCommand({ RoleName: state.role, PolicyName: state.name })));
      return said === undefined ? undefined : { inputs: drift(state, { policy: decoded(said.PolicyDocument) }), computed: {} };
    },
    update: async (_id, inputs) => {
      await put(inputs);
      return {};
    },
    remove: async (_id, { role, name }) => {
      await found(iam.send(new DeleteRolePolicyCommand({ RoleName: role, PolicyName: name })));
    },
  });
};

export const rolePolicyAttachment = ({ iam }: Clients) =>
  kind({
    type: 'aws:iam/rolePolicyAttachment:RolePolicyAttachment',
    inputs: z.object({ role: z.string(), policyArn: z.string() }),
    replacedBy: ['role', 'policyArn'],
    computes: [],
    create: async ({ role, policyArn }) => {
      await iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
      return { id: `${role}/${policyArn}`, computed: {} };
    },
    read: async (_id, { role, policyArn }) => {
      const said = await found(iam.send(new ListAttachedRolePoliciesCommand({ RoleName: role })));
      return said?.AttachedPolicies?.some(({ PolicyArn }) => PolicyArn === policyArn) ? { computed: {} } : undefined;
    },
    remove: async (_id, { role, policyArn }) => {
      await found(iam.send(new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn })));
    },
  });
