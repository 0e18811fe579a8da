import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { Rejected } from '../../../domain/kernel/failure.ts';
import { type CalledLog, powertoolsLog } from '../../kernel/log.ts';
import { outOfTime } from '../call-failures.ts';
import type { Environment, Opened } from '../opened.ts';
import type { AwsCloud } from './cloud.ts';

export type { Environment };

export type Lambda = Opened<AwsCloud, CalledLog>;

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
  const handler = middy<Event, Result>({ timeoutEarlyInMillis: spareMillis, timeoutEarlyResponse: end })
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

const end = (): never => {
  throw new Rejected(outOfTime());
};
