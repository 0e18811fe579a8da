import { called, type Lambda, type LambdaHandler } from './lambda.ts';

/** Tries the models of others, one at a time. It may touch nothing: what a hostile model takes over is worth as little as that. */
export const trialsFunction = (lambda: Lambda): LambdaHandler<unknown, unknown> =>
  called(lambda, (trial: unknown) => lambda.cloud.tryModel(trial));
