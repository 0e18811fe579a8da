/** One measured ratio and the budget it has to keep: at least (`min`) or at most (`max`). */
export type Result = {
  readonly name: string;
  readonly ratio: number;
  readonly budget: { readonly min: number } | { readonly max: number };
  readonly notes?: string;
};

export const holds = ({ ratio, budget }: Result): boolean => ('min' in budget ? ratio >= budget.min : ratio <= budget.max);

export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
};

export const report = (result: Result): void => {
  process.stdout.write(`${JSON.stringify({ ...result, holds: holds(result) })}\n`);
  if (!holds(result)) process.exitCode = 1;
};
