import { existsSync, readFileSync } from 'node:fs';
import { declaredGraph, type StackName } from './declared.ts';
import { type Estimate, estimate } from './estimate.ts';
import { measureEvent } from './measured-event.ts';
import { measurePrediction } from './measured-prediction.ts';
import { costDocument } from './report.ts';

export const costFile = new URL('../../docs/cost.md', import.meta.url);

/** Estimates of these stacks as they are declared now. One after the other: Pulumi's mocks hold one program at a time. */
export const estimates = async (names: readonly StackName[]): Promise<readonly Estimate[]> => {
  const measured = { prediction: await measurePrediction(), event: await measureEvent() };
  const made: Estimate[] = [];
  for (const name of names) made.push(estimate(name, await declaredGraph(name), measured));
  return made;
};

export const isDrifted = (made: readonly Estimate[]): boolean =>
  !existsSync(costFile) || readFileSync(costFile, 'utf8') !== costDocument(made);
