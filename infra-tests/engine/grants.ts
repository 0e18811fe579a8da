import { GetRolePolicyCommand, ListRolePoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import * as z from 'zod';
import type { Clients } from '../../tools/engine/aws/clients.ts';
import type { Decision } from '../../tools/engine/decisions/decisions.ts';

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Statement = z.object({ Sid: z.string(), Effect: z.string(), Action: oneOrMore, Resource: oneOrMore });
const Document = z.object({ Statement: z.array(Statement) });

/** A statement of a role's policy. On AWS each grant of a declaration is one. */
export type Grant = {
  readonly role: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

/** Everything that the roles of an account may do by their own policies. */
export const grantsOf = async ({ iam }: Clients): Promise<readonly Grant[]> => {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const all = Roles.map(async ({ RoleName = '' }) => {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const documents = PolicyNames.map(async (PolicyName) => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName }));
      return Document.parse(JSON.parse(PolicyDocument.startsWith('%') ? decodeURIComponent(PolicyDocument) : PolicyDocument));
    });
    const statements = (await Promise.all(documents)).flatMap(({ Statement }) => Statement);
    return statements
      .filter(({ Effect }) => Effect === 'Allow')
      .map(({ Sid, Action, Resource }): Grant => ({ role: RoleName, name: Sid, actions: Action, resources: Resource }));
  });
  return (await Promise.all(all)).flat();
};

/** In an ARN a star stands for anything. */
const matches = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
  ).test(text);

const allows = ({ role, actions, resources }: Grant, made: Decision): boolean =>
  made.role === role && actions.includes(made.action) && resources.some((resource) => matches(resource, made.resource));

/**
 * The grants without which nothing would have been refused: nobody asked for what they allow, or another grant of the role allows it too. As
 * `<role> <statement>`, the role without its random end.
 */
export const unneeded = (grants: readonly Grant[], decisions: readonly Decision[]): readonly string[] => {
  const asked = [...new Map(decisions.map((made) => [JSON.stringify(made), made])).values()];
  const needed = new Set(
    asked.flatMap((made) => {
      const allowing = grants.filter((grant) => allows(grant, made));
      return allowing.length === 1 ? allowing : [];
    }),
  );
  return grants.filter((grant) => !needed.has(grant)).map(({ role, name }) => `${role.replace(/-role-\w+$/, '')} ${name}`);
};
