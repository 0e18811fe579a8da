import fc from 'fast-check';
import { describe, it } from 'vitest';
import { type Calls, crashBound, crashEnvironment, crashProperty, type Ports } from '../doorbell/test-crash.ts';
import { registerChanges } from './changes-app.ts';
import { registerEvents } from './events-app.ts';
import { registerHttp } from './http.ts';
import { httpApp } from './http-app.ts';
import { testApp, testAzure } from './test-azure.ts';

/** An app as its worker loads it, in a process of its own. */
const appOf = ({ table, ...ports }: Ports) => {
  const azure = testAzure(table, crashEnvironment, ports);
  const on = testApp();
  registerHttp(on.app, async () => httpApp(crashBound, azure));
  registerEvents(on.app, crashBound, azure);
  registerChanges(on.app, crashBound, azure);
  return { ...on, deeds: azure.deeds };
};

const calls: Calls = {
  ask: (ports, { url, method, headers, body }) => appOf(ports).ask(url, { method, headers, body, duplex: 'half' } as RequestInit),
  ring: async (ports, table, partitions) => {
    const documents = partitions.map((pk) => ({ pk }));
    await appOf(ports).call(`changes-${table.replace('.', '-')}`, documents);
  },
  sweep: async (ports) => {
    await appOf(ports).call('sweep', {});
  },
  // More attempts than any queue has are nothing but a delivery that has not succeeded yet: nothing is given up here.
  deliver: async (ports, { id, event }) => {
    await appOf(ports).deliver('queue', event, { id });
  },
};

describe('the apps of the platform on Azure, whichever of their steps they fail or crash at', () => {
  it('lose no event and bill each use once', () => fc.assert(crashProperty(calls), { numRuns: 40 }));
});
