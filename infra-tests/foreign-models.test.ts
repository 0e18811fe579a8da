import { describe, expect, it } from 'vitest';
import { contexts } from '../functions/contexts.ts';
import { type FunctionUnit, unitsOf } from '../functions/kernel/units.ts';
import { appOf } from '../stacks/azure/names.ts';
import type { Cloud } from '../stacks/environment.ts';
import { covers, statementsIn } from '../stacks/policies/statements.ts';
import type { Graph, GraphResource } from './graph.ts';
import { casesOf, graphFor, named, ofType } from './graphs.ts';

/** A model is foreign code: who breaks out of onnxruntime has all that the process's account may do, on clouds that part no two processes. */
const opensModels = ({ native }: FunctionUnit): boolean => native.includes('onnxruntime');

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Of roles that are made in the stack what they allow; of another's its name, which no test takes for harmless. */
const allowedBy = (
  role: GraphResource | undefined,
  name: string,
  actions: (role: GraphResource) => readonly string[],
): readonly string[] => (role === undefined ? [name] : actions(role));

/** What a unit may do to identity's directory: the actions of all that it is granted on that, or on anything that has it within. */
const rights: { readonly [cloud in Cloud]: (graph: Graph, unit: FunctionUnit) => readonly string[] } = {
  aws: (graph, { name }) => {
    const { arn } = named(graph, 'identity-directory-table').outputs;
    const statements = statementsIn(named(graph, `${name}-grants`).inputs.policy);
    return statements.filter(({ resources }) => resources.some((one) => covers(one, text(arn)))).flatMap(({ actions }) => actions);
  },
  azure: (graph, unit) => {
    const { principalId } = named(graph, `${appOf(unit)}-identity`).outputs;
    const account = text(named(graph, 'database-account').outputs.id);
    const container = `${account}/dbs/platform/colls/identity-directory`;
    const isAround = (scope: string): boolean => container === scope || container.startsWith(`${scope}/`);
    const assigned = graph.filter(({ type, inputs }) => /RoleAssignment$/.test(type) && inputs.principalId === principalId);
    return assigned
      .filter(({ inputs }) => isAround(text(inputs.scope)))
      .flatMap(({ inputs }) => {
        const role = ofType(graph, 'azure-native:cosmosdb:SqlResourceSqlRoleDefinition').find(
          ({ outputs }) => outputs.id === inputs.roleDefinitionId,
        );
        return allowedBy(role, text(inputs.roleDefinitionId), (one) =>
          (one.inputs.permissions as readonly { readonly dataActions: readonly string[] }[]).flatMap(({ dataActions }) => dataActions),
        );
      });
  },
  gcp: (graph, { name }) => {
    const { member } = named(graph, `${name}-account`).outputs;
    const database = `databases/${text(named(graph, 'identity-database').inputs.name)}"`;
    // On the project, without a condition, is on every database.
    const isAround = (condition: unknown): boolean =>
      condition === undefined || text((condition as { readonly expression?: unknown }).expression).includes(database);
    const granted = ofType(graph, 'gcp:projects/iAMMember:IAMMember').filter(({ inputs }) => inputs.member === member);
    return granted
      .filter(({ inputs }) => isAround(inputs.condition))
      .flatMap(({ inputs }) => {
        const role = ofType(graph, 'gcp:projects/iAMCustomRole:IAMCustomRole').find(({ outputs }) => outputs.name === inputs.role);
        return allowedBy(role, text(inputs.role), (one) => one.inputs.permissions as readonly string[]);
      });
  },
};

/** To read an item by its key; what Cosmos DB calls metadata is how containers are divided, which whoever hears changes may read of all. */
const harmless: { readonly [cloud in Cloud]: readonly string[] } = {
  aws: ['dynamodb:GetItem'],
  azure: ['readMetadata', 'sqlDatabases/containers/items/read'].map((action) => `Microsoft.DocumentDB/databaseAccounts/${action}`),
  gcp: ['datastore.entities.get'],
};

const cases = (['aws', 'azure', 'gcp'] as const).flatMap((cloud) => casesOf(cloud).map((one) => ({ ...one, cloud })));

describe.each(cases)('what opens models on $stack with topology $topology', ({ cloud, stack, topology }) => {
  const opening = unitsOf(contexts, topology, { apart: cloud === 'aws' }).filter(opensModels);

  it('is there', () => expect(opening).not.toEqual([]));
  it.each(opening)('may read single items of identity’s directory at most, and never write itself a key: $name', async (unit) => {
    const found = rights[cloud](await graphFor(stack, topology), unit);
    expect(found.filter((action) => !harmless[cloud].includes(action))).toEqual([]);
  });
});

describe.each(['aws', 'azure', 'gcp'] as const)('the rights that are read here on %s', (cloud) => {
  it('are those of whoever makes keys', async () => {
    const units = unitsOf(contexts, 'context', { apart: cloud === 'aws' });
    const makesKeys = units.find(({ name }) => name === 'identity-http') as FunctionUnit;
    const found = rights[cloud](await graphFor(`${cloud}-dev`), makesKeys);
    expect(found.filter((action) => !harmless[cloud].includes(action))).not.toEqual([]);
  });
});
