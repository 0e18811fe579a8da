import { failed } from '../../domain/kernel/failure.ts';
import type { ModelHost } from '../../domain/kernel/model-host.ts';

/** What a call carries of an answer: whether it is one, and how much that is in words. */
export type Carries = { readonly isCarried: (body: Uint8Array) => boolean; readonly atMost: string };

/** A model host whose answers a call can carry: a larger one is a failure of its run, so that nobody is billed for what he cannot get. */
export const carriedModelHost = (host: ModelHost, { isCarried, atMost }: Carries): ModelHost => ({
  ...host,
  async invoke(model, body, deadlineMillis) {
    const run = await host.invoke(model, body, deadlineMillis);
    return 'failure' in run || isCarried(run.body)
      ? run
      : failed('too-large', 'answer-too-large', `The answer is larger than the ${atMost} that a call carries: ask for fewer rows at once.`);
  },
});
