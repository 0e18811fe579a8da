import { describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { largeEvents, type Resource, resourceVariable } from '../functions/kernel/resources.ts';
import { type FunctionUnit, unitsOf } from '../functions/kernel/units.ts';
import { customRoles, type Granted, grantedBy, isWithin } from '../stacks/gcp/grant-roles.ts';
import type { Graph, GraphResource } from './graph.ts';
import { casesOf, graphFor, named } from './graphs.ts';

const isGrant = ({ type }: GraphResource): boolean => /(IAMMember|IamMember)$/.test(type);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');

type Right = { readonly role: Granted['role']; readonly at: string };

/** What a grant is on, as its properties say it. */
const targetOf = ({ inputs }: GraphResource): string => {
  const { condition, bucket, topic, secretId, serviceAccountId, name, member } = inputs;
  const expression = text((condition as { readonly expression?: unknown } | undefined)?.expression);
  if (expression !== '') return /databases\/([^"]+)/.exec(expression)?.[1] ?? '';
  if (serviceAccountId !== undefined)
    return text(serviceAccountId).endsWith(text(member).replace('serviceAccount:', '')) ? 'self' : text(serviceAccountId);
  return text(bucket ?? topic ?? secretId ?? name);
};

/** The role without the project that it belongs to. */
const roleOf = ({ inputs }: GraphResource): string => text(inputs.role).replace(/^projects\/[^/]+\/roles\//, '');

const memberOf = (graph: Graph, unit: string): string => text(named(graph, `${unit}-account`).outputs.member);

/** All that an account may do, but be called: `hybrid_dev_table_read on hybrid-dev-models`. */
const rightsOf = (graph: Graph, unit: string): readonly string[] =>
  graph
    .filter((one) => isGrant(one) && one.inputs.member === memberOf(graph, unit) && one.inputs.role !== 'roles/run.invoker')
    .map((one) => `${roleOf(one)} on ${targetOf(one)}`)
    .sort();

describe.each(casesOf('gcp'))('the accounts of $stack with topology $topology', ({ stack, topology }) => {
  const prefix = `hybrid-${stack.split('-')[1]}`;
  const units = unitsOf(contexts, topology);

  const called = (role: Granted['role']): string => (role in customRoles ? `${prefix}-${role}`.replaceAll('-', '_') : role);
  const place = ({ kind, context, name }: Resource): string => {
    switch (kind) {
      case 'table':
        return `${prefix}-${context}`;
      case 'dead-letters':
        return `${prefix}-observability`;
      case 'objects':
        return `${context}-${name}-bucket-1234567`;
      case 'bus':
        return 'projects/hybrid-test/topics/events-topic-1234567';
      default:
        return `${prefix}-${context}`;
    }
  };
  /** What the declarations of a function come to, worked out from the verbs alone. */
  const declared = (unit: FunctionUnit): readonly string[] => {
    // No event is so large here that it would have to lie there.
    const needed = unit.grants.filter(({ resource }) => resourceVariable(resource) !== resourceVariable(largeEvents));
    const granted = needed.flatMap(({ resource, verbs }) =>
      verbs.flatMap((verb) =>
        (grantedBy(resource.kind, verb) ?? []).flatMap(({ role, on }): readonly Right[] => {
          if (on === 'self') return [{ role, at: 'self' }];
          if (on === 'sources') return [{ role, at: 'projects/hybrid-test/topics/events-topic-1234567' }];
          return on === 'tasks' ? [] : [{ role, at: place(resource) }];
        }),
      ),
    );
    const drains =
      unit.trigger === 'changes'
        ? unit.contexts
            .filter(({ tables }) => Object.values(tables).some(({ holds, changes }) => holds !== undefined || changes !== undefined))
            .map(({ name }): Right => ({ role: 'table-drain', at: `${prefix}-${name}` }))
        : [];
    const all = [...granted, ...drains];
    const isImplied = ({ role, at }: Right): boolean => all.some((other) => other.at === at && isWithin(role, other.role));
    return [...new Set(all.filter((right) => !isImplied(right)).map(({ role, at }) => `${called(role)} on ${at}`))].sort();
  };

  it.each(units)('give $name what it declares, and nothing else', async (unit) =>
    expect(rightsOf(await graphFor(stack, topology), unit.name)).toEqual(declared(unit)),
  );

  it('are one for each function, and one for each that calls them', async () => {
    const accounts = (await graphFor(stack, topology)).filter(({ type }) => type === 'gcp:serviceaccount/account:Account');
    const callers = ['builder', 'edge', 'eventarc', 'push', 'scheduler'];
    expect(accounts.map(({ name }) => name).sort()).toEqual(
      [...units.map(({ name }) => name), ...callers].map((name) => `${name}-account`).sort(),
    );
    const ids = accounts.map(({ inputs }) => text(inputs.accountId));
    expect(ids.filter((id) => !/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('let the edge touch nothing, and call only what answers requests', async () => {
    const graph = await graphFor(stack, topology);
    expect(rightsOf(graph, 'edge')).toEqual([]);
    const calls = graph.filter(({ inputs }) => inputs.member === memberOf(graph, 'edge') && inputs.role === 'roles/run.invoker');
    expect(calls.map(({ inputs }) => inputs.name).sort()).toEqual(
      units
        .filter(({ trigger }) => trigger === 'http')
        .map(({ name }) => `${prefix}-${name}`)
        .sort(),
    );
  });

  it('say the names that they reach in the environment of their function', async () => {
    const graph = await graphFor(stack, topology);
    for (const unit of units) {
      const { environmentVariables } = named(graph, `${unit.name}-function`).inputs.serviceConfig as {
        readonly environmentVariables: { readonly [name: string]: string };
      };
      for (const { resource } of unit.grants.filter((grant) => grant.resource.name !== largeEvents.name))
        expect(environmentVariables).toHaveProperty(resourceVariable(resource));
      expect(environmentVariables).not.toHaveProperty(resourceVariable(largeEvents));
      for (const { resource } of unit.grants.filter((grant) => grant.resource.kind === 'table'))
        expect(environmentVariables[resourceVariable(resource)]).toBe(
          `projects/hybrid-test/databases/${prefix}-${resource.context}/documents/${resource.name}`,
        );
    }
  });
});

describe('a verb on Google Cloud', () => {
  it('that reads writes nothing, and one that puts deletes nothing', () => {
    expect(customRoles['table-read'].filter((one) => !/(get|list)$/.test(one))).toEqual([]);
    expect(customRoles['table-put'].filter((one) => one.endsWith('delete'))).toEqual([]);
    expect(customRoles['table-get']).toEqual(['datastore.entities.get']);
  });
  it('that settles calls the consumer, and touches nothing itself', async () => {
    const graph = await graphFor('gcp-dev');
    expect(grantedBy('table', 'settle')).toEqual([]);
    expect(named(graph, 'billing-changes-called-by-billing-http').inputs.member).toBe(memberOf(graph, 'billing-http'));
    const { environmentVariables } = named(graph, 'billing-http-function').inputs.serviceConfig as {
      readonly environmentVariables: { readonly [name: string]: string };
    };
    expect(environmentVariables.HYBRID_DRAIN_URL).toBe('https://hybrid-dev-billing-changes-123456789012.europe-west1.run.app/drain');
  });
  it('that allows no more than another one on the same resource is not granted beside it', async () => {
    expect(isWithin('table-put', 'table-append')).toBe(true);
    expect(isWithin('table-append', 'table-put')).toBe(false);
    expect(isWithin('table-read', 'table-append')).toBe(false);
    expect(isWithin('roles/pubsub.publisher', 'table-append')).toBe(false);
    const rights = rightsOf(await graphFor('gcp-dev'), 'models-http');
    expect(rights.filter((right) => right.includes('models-artifacts'))).toEqual([
      'hybrid_dev_objects_put on models-artifacts-bucket-1234567',
    ]);
  });
  it('that nobody has a meaning for is refused', () => expect(grantedBy('function', 'invoke')).toBeUndefined());
});
