import { failed } from '../../../domain/kernel/failure.ts';
import type { ModelHost } from '../../../domain/kernel/model-host.ts';
import { isCarriedText } from './http-result.ts';

/** A model host whose answers a call can carry: a larger one is a failure of its run, so that nobody is billed for what he cannot get. */
export const carriedModelHost = (host: ModelHost): ModelHost => ({
  ...host,
  async invoke(model, body, deadlineMillis) {
    const run = await host.invoke(model, body, deadlineMillis);
    return 'failure' in run || isCarriedText(run.body)
      ? run
      : failed('too-large', 'answer-too-large', 'The answer is larger than the 6 MB that a call carries: ask for fewer rows at once.');
  },
});
