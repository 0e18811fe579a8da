import { Role as IamRole, type RoleArgs as IamRoleArgs } from '@pulumi/aws/iam/role.js';
import { RolePolicy, type RolePolicyArgs } from '@pulumi/aws/iam/rolePolicy.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { type Resource, resourceVariable } from '../../functions/kernel/resources.ts';
import type { Grant } from '../../functions/kernel/units.ts';
import { pascalCase, type Statement, type Transform, transformed } from './component.ts';
import { type Allowed, allowedBy, type KeyUsed, keyActions, type Place, type Places, resourcesOf, statedVerbs } from './grants.ts';
import { policyDocument } from './policy-document.ts';
import { statementId } from './statement-id.ts';

export type RoleArgs = {
  /** Who takes the role: `lambda.amazonaws.com`. */
  readonly service: string;
  readonly statements: readonly Statement[];
  /** Takes it only on behalf of this account, where the service says for whom it does. */
  readonly accountId?: Input<string>;
  readonly transform?: { readonly role?: Transform<IamRoleArgs>; readonly grants?: Transform<RolePolicyArgs> } | undefined;
};

/** A role of one function or service, with exactly the statements that it is given. */
export class Role extends ComponentResource {
  readonly arn: Output<string>;
  /** What has to be there before the role can be used. */
  readonly policy: RolePolicy;

  constructor(name: string, args: RoleArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Role', name, {}, options);
    const assumed: IamRoleArgs = { assumeRolePolicy: policyDocument([assumedBy(args)]) };
    const role = new IamRole(`${name}-role`, transformed(assumed, args.transform?.role), { parent: this });
    const grants: RolePolicyArgs = { role: role.id, policy: policyDocument(args.statements) };
    this.policy = new RolePolicy(`${name}-grants`, transformed(grants, args.transform?.grants), { parent: this });
    this.arn = role.arn;
    this.registerOutputs({ arn: this.arn });
  }
}

const assumedBy = ({ service, accountId }: RoleArgs): Statement => ({
  Sid: 'Assume',
  Effect: 'Allow',
  Principal: { Service: service },
  Action: ['sts:AssumeRole'],
  ...(accountId === undefined ? {} : { Condition: { StringEquals: { 'aws:SourceAccount': accountId } } }),
});

/** A key that a function needs for what it reads or writes. */
export type KeyUse = KeyUsed & { readonly actions: readonly string[] };

/** One statement for each verb of each resource, but for verbs that another one of them covers. */
export const statementsOf = (grants: readonly Grant[], places: Places): readonly Statement[] =>
  grants.flatMap((grant) => statedVerbs(grant).map((verb) => statementFor(grant, verb, places)));

/** The keys behind what is granted. */
export const keyUsesOf = (grants: readonly Grant[], places: Places): readonly KeyUse[] =>
  grants.flatMap(({ resource, verbs }) =>
    (placeOf(resource, places).keys ?? []).flatMap((key) => verbs.map((verb) => ({ ...key, actions: keyActions(verb) }))),
  );

/** One statement for each key. */
export const keyStatements = (uses: readonly KeyUse[]): readonly Statement[] =>
  [...new Set(uses.map(({ name }) => name))].sort().map((name) => {
    const of = uses.filter((use) => use.name === name);
    return {
      Sid: `Use${pascalCase(name)}Key`,
      Effect: 'Allow',
      Action: [...new Set(of.flatMap(({ actions }) => actions))].sort(),
      Resource: (of[0] as KeyUse).arn,
    };
  });

const statementFor = ({ resource, events }: Grant, verb: Grant['verbs'][number], places: Places): Statement => {
  const rule = allowedBy(resource.kind, verb);
  const place = placeOf(resource, places);
  if (rule === undefined)
    throw new Rejected(failed('invalid', 'verb-without-meaning', `On AWS nobody can "${verb}" a resource of the kind "${resource.kind}".`));
  return {
    Sid: statementId(verb, resource),
    Effect: 'Allow',
    Action: rule.actions,
    Resource: resourcesOf(rule, place),
    ...conditionOf(rule, events),
  };
};

/** Nothing but these values of a key of the request, where there are any. */
const conditionOf = ({ attributes }: Allowed, events: readonly string[] | undefined): Pick<Statement, 'Condition'> => {
  const equal = {
    ...(attributes === undefined ? {} : { 'dynamodb:Attributes': attributes }),
    ...(events === undefined ? {} : { 'events:detail-type': events }),
  };
  return Object.keys(equal).length === 0 ? {} : { Condition: { 'ForAllValues:StringEquals': equal } };
};

export const placeOf = (resource: Resource, places: Places): Place => {
  const place = places.get(resourceVariable(resource));
  if (place === undefined) throw new Rejected(failed('invalid', 'unknown-resource', `Nothing was made for ${resourceVariable(resource)}.`));
  return place;
};
