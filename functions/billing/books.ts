import type { Books } from '../../domain/billing/closing.ts';
import type { PortsOf } from '../kernel/handler.ts';
import type { billing } from './context.ts';

/** The ports of this context as the domain's closing knows them. */
export const booksOf = ({ accounts, usage, rollups, clock, settled }: PortsOf<typeof billing>): Books => ({
  accounts,
  usage,
  rollups,
  clock,
  settled: (partitions) => settled('usage', partitions),
});
