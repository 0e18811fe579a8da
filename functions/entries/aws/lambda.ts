import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { failed, Rejected } from '../../../domain/kernel/failure.ts';
import { type CalledLog, powertoolsLog } from '../../kernel/log.ts';
import type { AwsCloud } from './cloud.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** What a function runs with: the cloud it is in, what its environment variables say, and its log. */
export type Lambda = { readonly cloud: AwsCloud; readonly environment: Environment; readonly log: CalledLog };

/** Opens the cloud for a function, once for all its calls: nothing here waits for the network. */
export const lambdaOf = (openCloud: (environment: Environment) => AwsCloud, environment: Environment): Lambda => ({
  cloud: openCloud(environment),
  environment,
  log: powertoolsLog(environment.AWS_LAMBDA_FUNCTION_NAME ?? 'hybrid-ai-platform'),
});

/** A function speaks for itself this long before Lambda would end it: of 29 s that a request may take, 28 are left. */
const spareMillis = 1000;

export type LambdaHandler<Event, Result> = (event: Event, context: Context) => Promise<Result>;

/**
 * What is the same for every call: its id on each line of the log, an end before Lambda's own, and errors told. `recover` answers where a call
 * failed; without it the call fails, so that whatever called comes again.
 */
export const called = <Event, Result>(
  { log }: Pick<Lambda, 'log'>,
  handle: (event: Event) => Promise<Result>,
  recover?: (error: unknown, event: Event) => Promise<Result>,
): LambdaHandler<Event, Result> => {
  const handler = middy<Event, Result>({ timeoutEarlyInMillis: spareMillis, timeoutEarlyResponse: outOfTime })
    .use({
      before: ({ context }) => log.calledAs(context.awsRequestId),
      onError: async (request) => {
        log.error('the call failed', request.error);
        if (recover !== undefined) request.response = await recover(request.error, request.event);
      },
    })
    .handler(handle);
  return handler as unknown as LambdaHandler<Event, Result>;
};

const outOfTime = (): never => {
  const detail = 'This takes longer than one call may take; what was begun may still be done.';
  throw new Rejected(failed('timeout', 'time-limit-exceeded', detail));
};
