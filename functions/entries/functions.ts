import { tableMeter } from '../../domain/kernel/meter.ts';
import type { ContextDeclaration } from '../kernel/context.ts';
import type { BoundContext } from './bound-context.ts';
import type { Cloud } from './cloud.ts';
import type { Opened } from './opened.ts';
import { type Ports, portsOf, qualified, type Tables, tablesOf } from './ports.ts';

/** The ports of the contexts that a function runs, and the tables among them by qualified name. */
export type Functions = { readonly tables: Tables; readonly portsFor: (declaration: ContextDeclaration) => Ports };

/** What all functions meter to. Its facts are folded where billing runs: who writes one elsewhere has to keep the change, or it is never billed. */
const usage = qualified('billing', 'usage');
const sharedTables = { [usage]: { changes: {} } };

/** Makes the ports of a function; none of them is on the network before it is used. */
export const functionsOf = (
  bound: readonly BoundContext[],
  { cloud, log }: Pick<Opened<Cloud>, 'cloud' | 'log'>,
  more: Ports = {},
): Functions => {
  const tables = tablesOf(
    bound.map(({ declaration }) => declaration),
    cloud,
    sharedTables,
  );
  const shared = { ...more, log, meter: tableMeter(tables(usage), cloud.clock) };
  return { tables, portsFor: (declaration) => portsOf(declaration, tables, cloud, shared) };
};
