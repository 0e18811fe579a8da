import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Calls, crashBound, crashEnvironment, crashProperty, type Ports } from '../doorbell/test-crash.ts';
import type { FetchApp } from '../fetch-app.ts';
import { changesFunction } from './changes-function.ts';
import { eventsFunction } from './events-function.ts';
import { httpFunction } from './http-function.ts';
import type { Google } from './push-function.ts';
import { called, pushed, type Signer, startSigner, testGoogle } from './test-google.ts';

let signer: Signer;
beforeAll(async () => {
  signer = await startSigner();
});
afterAll(() => signer.stop());

const googleOf = ({ table, ...ports }: Ports): Google => testGoogle(signer, table, crashEnvironment, ports);

/** What is not acknowledged is pushed again. */
const push = async (
  ports: Ports,
  make: (bound: typeof crashBound, google: Google) => FetchApp,
  ...[path, body, headers]: readonly [path: string, body?: unknown, headers?: Record<string, string>]
): Promise<void> => {
  const google = googleOf(ports);
  const { status } = await make(crashBound, google)(called(signer, google.cloud.clock.now(), path, body, headers));
  if (status !== 204) throw new TypeError(`answered ${status}`);
};

const calls: Calls = {
  ask: async (ports, request) => httpFunction(crashBound, googleOf(ports))(request),
  ring: async (ports, table, partitions) => {
    for (const partition of partitions) await push(ports, changesFunction, `/changes/${table}`, undefined, { 'ce-document': partition });
  },
  sweep: (ports) => push(ports, changesFunction, '/sweep'),
  deliver: (ports, { id, event, count }) =>
    push(ports, eventsFunction, '/events/queue', pushed(event, { messageId: id, deliveryAttempt: count })),
};

describe('the functions of the platform on Google Cloud, whichever of their steps they fail or crash at', () => {
  it('lose no event and bill each use once', () => fc.assert(crashProperty(calls), { numRuns: 40 }));
});
