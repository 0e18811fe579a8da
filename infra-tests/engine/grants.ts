import { GetRolePolicyCommand, ListRolePoliciesCommand, ListRolesCommand, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import * as z from 'zod';
import type { Clients } from '../../tools/engine/aws/clients.ts';
import type { Decision } from '../../tools/engine/decisions/decisions.ts';

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Statement = z.looseObject({ Sid: z.string(), Effect: z.string(), Action: oneOrMore, Resource: oneOrMore });
const Document = z.object({ Statement: z.array(Statement) });

/** A statement of a role's policy. On AWS each grant of a declaration is one. */
export type Grant = {
  readonly role: string;
  readonly name: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
};

type Policy = { readonly role: string; readonly name: string; readonly statements: readonly z.output<typeof Statement>[] };

/** The service gives documents percent-encoded, the emulator as they are. */
const parsed = (document: string) => Document.parse(JSON.parse(document.startsWith('%') ? decodeURIComponent(document) : document));

/** The own policies of every role. */
const policiesOf = async ({ iam }: Clients): Promise<readonly Policy[]> => {
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const all = Roles.map(async ({ RoleName: role = '' }) => {
    const { PolicyNames = [] } = await iam.send(new ListRolePoliciesCommand({ RoleName: role }));
    const policies = PolicyNames.map(async (name): Promise<Policy> => {
      const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand({ RoleName: role, PolicyName: name }));
      return { role, name, statements: parsed(PolicyDocument).Statement };
    });
    return Promise.all(policies);
  });
  return (await Promise.all(all)).flat();
};

/** Everything that the roles of an account may do by their own policies. */
export const grantsOf = async (clients: Clients): Promise<readonly Grant[]> =>
  (await policiesOf(clients)).flatMap(({ role, statements }) =>
    statements
      .filter(({ Effect }) => Effect === 'Allow')
      .map(({ Sid, Action, Resource }) => ({ role, name: Sid, actions: Action, resources: Resource })),
  );

const withoutEnd = (role: string): string => role.replace(/-role-\w+$/, '');

/** Takes one statement out of the policy of a function's role, behind the back of the stack. */
export const takeAway = async (clients: Clients, unit: string, statement: string): Promise<void> => {
  const policy = (await policiesOf(clients)).find(({ role }) => withoutEnd(role) === unit);
  const left = policy?.statements.filter(({ Sid }) => Sid !== statement);
  const PolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: left });
  await clients.iam.send(new PutRolePolicyCommand({ RoleName: policy?.role, PolicyName: policy?.name, PolicyDocument }));
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
  return grants.filter((grant) => !needed.has(grant)).map(({ role, name }) => `${withoutEnd(role)} ${name}`);
};
