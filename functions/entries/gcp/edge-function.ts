import type { Clock } from '../../../domain/kernel/clock.ts';
import type { Log } from '../../kernel/log.ts';
import { edge } from '../edge/edge.ts';
import { routesIn } from '../edge/routes.ts';
import type { FetchApp } from '../fetch-app.ts';
import type { Environment } from '../opened.ts';
import { behindGateway } from './gateway.ts';
import { carriedBytes } from './limits.ts';

export type EdgeFunctionOptions = {
  readonly environment: Environment;
  readonly log: Log;
  /** A token of this function's identity, for who has this address. */
  readonly identityToken: (audience: string) => Promise<string>;
  readonly clock?: Clock;
};

/** Longer than a function takes to answer for itself. */
const timeoutMillis = 30_000;

/**
 * The public function in front of all others, which let in only whom they know: its identity goes in `X-Serverless-Authorization`, which Cloud Run
 * looks at first, and `Authorization` stays the client's, also behind an API Gateway (https://cloud.google.com/run/docs/authenticating/service-to-service).
 */
export const edgeFunction = ({ environment, log, identityToken, clock = systemClock }: EdgeFunctionOptions): FetchApp => {
  const forward = edge({
    routes: routesIn(environment.HYBRID_ROUTES),
    proof: async ({ origin }) => ({ 'x-serverless-authorization': `Bearer ${await identityToken(origin)}` }),
    bounds: { bodyBytes: carriedBytes, timeoutMillis },
    log,
  });
  return behindGateway(forward, environment, clock);
};

const systemClock: Clock = { now: () => new Date() };
