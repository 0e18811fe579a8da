import { describe, expect, it } from 'vitest';
import type { Table } from '../../domain/kernel/table.ts';
import { billing } from '../billing/context.ts';
import { inference } from '../inference/context.ts';
import type { Cloud } from './cloud.ts';
import { testOpened } from './doorbell/test-cloud.ts';
import { functionsOf } from './functions.ts';

/** The tables that the functions of a context make, and whether their changes are kept. */
const madeBy = (declaration: typeof billing | typeof inference): ReadonlyMap<string, boolean> => {
  const made = new Map<string, boolean>();
  const table: Cloud['table'] = (name, { changes }) => {
    made.set(name, changes);
    return {} as Table;
  };
  const opened = testOpened(() => ({}) as Table, {}, {});
  functionsOf([{ declaration }], { ...opened, cloud: { ...opened.cloud, table } }).portsFor(declaration);
  return made;
};

describe('the functions of a context that meters', () => {
  it('keep the changes of usage where billing does not run, as they do where it runs', () => {
    expect(madeBy(inference).get('billing.usage')).toBe(true);
    expect(madeBy(billing).get('billing.usage')).toBe(true);
    expect(billing.tables.usage.changes).toBeDefined();
  });
});
