import { describe, expect, it } from 'vitest';
import { markerItem } from '../adapters/aws/markers.ts';
import { accessDenied, accessGranted } from '../events/identity.ts';
import { contexts } from '../functions/contexts.ts';
import { type Resource, resourceVariable } from '../functions/kernel/resources.ts';
import { type FunctionUnit, unitsOf } from '../functions/kernel/units.ts';
import { models } from '../functions/models/context.ts';
import { allowedBy, statedVerbs } from '../stacks/aws/grants.ts';
import { statementId } from '../stacks/aws/statement-id.ts';
import { type PolicyStatement, statementsIn } from '../stacks/policies/statements.ts';
import type { Graph } from './graph.ts';
import { casesOf, graphFor, named } from './graphs.ts';

/** Statements that come of what calls a function, not of what it declares: each has a rule of its own (stacks/policies/rules/edges.ts). */
const ofTriggers: { readonly [trigger in FunctionUnit['trigger']]: readonly string[] } = {
  http: [],
  events: ['ReceiveMessages'],
  queues: ['ReceiveMessages'],
  'dead-letters': ['ReceiveMessages'],
  changes: ['ReadChanges', 'LayAside'],
  schedules: ['GiveUp'],
  trials: [],
};

const statementsOf = (graph: Graph, unit: FunctionUnit): readonly PolicyStatement[] =>
  statementsIn(named(graph, `${unit.name}-grants`).inputs.policy);

const tableOf = ({ context, name }: Resource): string => `${context}-${name}-table`;

describe.each(casesOf('aws'))('the roles of $stack with topology $topology', ({ stack, topology }) => {
  const units = unitsOf(contexts, topology, { apart: true });

  it.each(units)('give $name each declared grant once, where no other one covers it, and nothing else', async (unit) => {
    const granted = unit.grants.flatMap((grant) => statedVerbs(grant).map((verb) => statementId(verb, grant.resource)));
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
  it('that gets reads by keys alone', async () =>
    expect((await statement('models-http', 'GetTableIdentityDirectory'))?.actions).toEqual(['dynamodb:GetItem']));
  it('that settles has the attributes of a marker', () =>
    expect(allowedBy('table', 'settle')?.attributes).toEqual(Object.keys(markerItem('p', 'id', new Date(0)))));
  it('that tries models may do nothing but write its own log', async () => {
    const graph = await graphFor('aws-prod');
    const sids = statementsIn(named(graph, 'models-trials-grants').inputs.policy).map(({ sid }) => sid);
    expect(sids).toEqual(['WriteLogs']);
  });
  it('that has models tried calls that one function', async () => {
    const graph = await graphFor('aws-dev');
    const calls = await statement('models-http', 'InvokeFunctionModelsTrials');
    expect([calls?.actions, calls?.resources]).toEqual([['lambda:InvokeFunction'], [named(graph, 'models-trials-live').outputs.arn]]);
  });
  it('that publishes says what its own context says, and of a function of requests who was let in or not', async () => {
    const saying = async (unit: string) => (await statement(unit, 'PublishBus'))?.condition['ForAllValues:StringEquals'];
    expect(await saying('billing-transfers')).toEqual({ 'events:detail-type': [accessDenied.type, accessGranted.type] });
    expect(await saying('inference-predictions')).toEqual({ 'events:detail-type': [accessDenied.type] });
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
    expect((await statement('inference-predictions', 'PutTableBillingUsage'))?.actions).toEqual(['dynamodb:PutItem']);
    expect((await statement('observability-events', 'PutTableObservabilityAudit'))?.actions).toEqual(['dynamodb:PutItem']);
    expect(await statement('observability-events', 'AppendTableObservabilityAudit')).toBeUndefined();
  });
  it('that redrives sends to the queues that dead letters came from, and to no other', async () => {
    const resources = (await statement('observability-http', 'RedriveDeadLetters'))?.resources ?? [];
    const hearing = contexts.filter(({ subscribers }) => Object.keys(subscribers).length > 0);
    const queues = [
      ...hearing.map(({ name }) => `${name}-events`),
      ...contexts.flatMap(({ name, queues: own }) => Object.keys(own).map((queue) => `${name}-${queue}`)),
    ];
    expect(resources.filter((arn) => arn.includes(':sqs:')).map((arn) => arn.split(':').at(-1))).toEqual(
      queues.map((queue) => `${queue}-queue-1234567`),
    );
  });
});
