import { describe, expect, it } from 'vitest';
import { accessDenied } from '../events/identity.ts';
import { contexts } from '../functions/contexts.ts';
import { type Resource, resourceVariable } from '../functions/kernel/resources.ts';
import { type FunctionUnit, unitsOf } from '../functions/kernel/units.ts';
import { models } from '../functions/models/context.ts';
import { statementId } from '../stacks/aws/role.ts';
import { type PolicyStatement, statementsIn } from '../stacks/policies/rule.ts';
import type { Graph } from './graph.ts';
import { cases, graphFor, named } from './graphs.ts';

/** Statements that come of what calls a function, not of what it declares: each has a rule of its own (stacks/policies/rules/edges.ts). */
const ofTriggers: { readonly [trigger in FunctionUnit['trigger']]: readonly string[] } = {
  http: [],
  events: ['ReceiveMessages'],
  queues: ['ReceiveMessages'],
  'dead-letters': ['ReceiveMessages'],
  changes: ['ReadChanges', 'LayAside'],
  schedules: ['GiveUp'],
};

const statementsOf = (graph: Graph, unit: FunctionUnit): readonly PolicyStatement[] =>
  statementsIn(named(graph, `${unit.name}-grants`).inputs.policy);

const tableOf = ({ context, name }: Resource): string => `${context}-${name}-table`;

describe.each(cases)('the roles of $stack with topology $topology', ({ stack, topology }) => {
  const units = unitsOf(contexts, topology);

  it.each(units)('give $name each declared grant once, and nothing else', async (unit) => {
    const granted = unit.grants.flatMap(({ resource, verbs }) => verbs.map((verb) => statementId(verb, resource)));
    const sids = statementsOf(await graphFor(stack, topology), unit).map(({ sid }) => sid);
    const keys = sids.filter((sid) => /^Use\w+Key$/.test(sid));
    expect(sids.filter((sid) => !keys.includes(sid)).sort()).toEqual([...granted, ...ofTriggers[unit.trigger], 'WriteLogs'].sort());
    expect(new Set(sids).size).toBe(sids.length);
    expect(keys).toEqual(stack === 'aws-dev' ? [] : keys);
  });

  it('are as many as there are functions, and one for schedules', async () => {
    const roles = (await graphFor(stack, topology)).filter(({ type }) => type === 'aws:iam/role:Role');
    expect(roles.map(({ name }) => name).sort()).toEqual([...units.map(({ name }) => `${name}-role`), 'schedules-role'].sort());
  });

  it('reach an index only where it may be read', async () => {
    const graph = await graphFor(stack, topology);
    for (const unit of units)
      for (const { sid, resources } of statementsOf(graph, unit))
        if (resources.some((resource) => resource.includes('/index/'))) expect(sid).toMatch(/^Read/);
  });

  it('say the names that they reach in the environment of their function', async () => {
    const graph = await graphFor(stack, topology);
    for (const unit of units) {
      const { variables } = named(graph, `${unit.name}-function`).inputs.environment as {
        readonly variables: { readonly [name: string]: string };
      };
      for (const { resource } of unit.grants) expect(variables).toHaveProperty(resourceVariable(resource));
      for (const { resource } of unit.grants.filter((grant) => grant.resource.kind === 'table'))
        expect(variables[resourceVariable(resource)]).toBe(named(graph, tableOf(resource)).outputs.name);
    }
  });
});

describe('a verb', () => {
  const statement = async (unit: string, sid: string) => {
    const graph = await graphFor('aws-dev');
    return statementsIn(named(graph, `${unit}-grants`).inputs.policy).find((one) => one.sid === sid);
  };
  it('that notes may put nothing but when', async () =>
    expect((await statement('models-http', 'NoteTableIdentityDirectory'))?.condition).toEqual({
      'ForAllValues:StringEquals': { 'dynamodb:Attributes': ['pk', 'sk', 'at'] },
    }));
  it('that publishes says what its own context says, and of a function of requests denials alone', async () => {
    const saying = async (unit: string) => (await statement(unit, 'PublishBus'))?.condition['ForAllValues:StringEquals'];
    expect(await saying('billing-http')).toEqual({ 'events:detail-type': [accessDenied.type] });
    expect(await saying('models-changes')).toEqual({ 'events:detail-type': models.publishes.map(({ type }) => type) });
  });
  it('that appends writes and checks, and reads nothing', async () =>
    expect((await statement('billing-events', 'AppendTableBillingAccounts'))?.actions).toEqual([
      'dynamodb:PutItem',
      'dynamodb:DeleteItem',
      'dynamodb:ConditionCheckItem',
    ]));
  it('that meters only puts, and so does what writes the audit trail', async () => {
    expect((await statement('inference-http', 'PutTableBillingUsage'))?.actions).toEqual(['dynamodb:PutItem']);
    expect((await statement('observability-events', 'PutTableObservabilityAudit'))?.actions).toEqual(['dynamodb:PutItem']);
    expect(await statement('observability-events', 'AppendTableObservabilityAudit')).toBeUndefined();
  });
  it('that redrives sends to the queues that dead letters came from, and to no other', async () => {
    const resources = (await statement('observability-http', 'RedriveDeadLetters'))?.resources ?? [];
    expect(resources.filter((arn) => arn.includes(':sqs:')).map((arn) => arn.split(':').at(-1))).toEqual(
      ['models', 'inference', 'billing', 'observability'].map((context) => `${context}-events-queue-1234567`),
    );
  });
  it('that nobody has given a meaning on AWS is refused', async () => {
    const { statementsOf: made } = await import('../stacks/aws/role.ts');
    const resource: Resource = { kind: 'table', context: 'models', name: 'registry' };
    const places = new Map([[resourceVariable(resource), { arn: 'arn', value: 'name' }]]);
    expect(() => made([{ resource, verbs: ['presign'] }], places)).toThrow('verb-without-meaning');
    expect(() => made([{ resource: { ...resource, name: 'other' }, verbs: ['read'] }], places)).toThrow('unknown-resource');
  });
});
