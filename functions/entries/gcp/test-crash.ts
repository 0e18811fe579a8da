import { type RunningIdentityTokens, startIdentityTokens } from '../../../adapters/conformance/fakes/identity-tokens.ts';
import { googleIdentity } from '../../../adapters/conformance/fakes/token-signer.ts';
import { openCloud } from '../../../adapters/gcp/index.ts';
import {
  type Account,
  makeAccount,
  type TestMessages,
  type TestTable,
  toldOfUploads,
  watchedBy,
  withNewTables,
} from '../../../adapters/gcp/test-account.ts';
import { gcpAnswers } from '../../../adapters/gcp/test-faults.ts';
import type { Calls, Crashing, Starting, World } from '../crash/test-world.ts';
import { changesFunction } from './changes-function.ts';
import { deadLettersFunction } from './dead-letters-function.ts';
import { eventsFunction } from './events-function.ts';
import { httpFunction } from './http-function.ts';
import { queuesFunction } from './queues-function.ts';
import { schedulesFunction } from './schedules-function.ts';

type GcpWorld = World & { readonly account: Account; readonly network: typeof fetch };

const functionsOf = ({ world, bound, ports, log, ...network }: Starting<GcpWorld>) => {
  const { environment } = world;
  const google = { cloud: { ...openCloud(environment, network), ...ports }, environment, log };
  return {
    http: httpFunction(bound, google),
    changes: changesFunction(bound, google),
    events: eventsFunction(bound, google),
    queues: queuesFunction(bound, google),
    schedules: schedulesFunction(bound, google),
    'dead-letters': deadLettersFunction(google),
  };
};
type Functions = ReturnType<typeof functionsOf>;
type Delivering = Calls<Functions>;

const audience = 'https://functions.example.run.app';
const email = 'functions@project.iam.gserviceaccount.com';

let identity: Promise<RunningIdentityTokens> | undefined;
const identityTokens = (): Promise<RunningIdentityTokens> => {
  identity ??= startIdentityTokens({ email });
  return identity;
};

/** A call of the cloud's own, by who may make it. */
const pushed = async (path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Request> => {
  const token = (await identityTokens()).signer.sign(googleIdentity(email, audience, Date.now()));
  return new Request(`${audience}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
};

const worldOf = async (account: Account): Promise<GcpWorld> => {
  const { url } = await identityTokens();
  const environment = {
    ...account.environment,
    GCE_METADATA_HOST: new URL(url).host,
    HYBRID_CERTIFICATES_URL: `${url}/oauth2/v3/certs`,
    HYBRID_AUDIENCE: audience,
    HYBRID_CALLERS: email,
    HYBRID_DRAIN_URL: `${audience}/drain`,
  };
  const network = toldOfUploads(watchedBy(account.underWay));
  const open = () => openCloud(environment, { fetch: network });

  return {
    account,
    environment,
    open,
    network,
    async forget() {
      const { doorbell, partitionOf } = open();
      for (const { name, pending, pass } of account.changes)
        for (const rung of await pending()) {
          const partition = partitionOf(rung.document) ?? '';
          const known = await doorbell.progress.get(name, partition);
          const last = (await doorbell.reading(name, partition)(known?.sequence, 1000)).at(-1);
          if (last !== undefined) await doorbell.progress.put(name, partition, last.sequence, known?.tag);
          pass(rung);
        }
    },
  };
};

/** Whether a function took what was pushed; anything but 204 comes again. */
const isTaken = async ({ call }: Delivering, unit: keyof Functions, request: Promise<Request>): Promise<boolean> => {
  const taken = await call(unit, async (functions) => {
    const { status } = await functions[unit](await request);
    if (status !== 204) throw new TypeError(`answered ${status}`);
    return true;
  });
  return taken ?? false;
};

/** Each document of a table rings; for facts, whose changes do not, the scheduler has the function sweep. */
const ring = async ({ name, isConsumed, pending, pass }: TestTable, calls: Delivering): Promise<boolean> => {
  const rungs = await pending();
  if (rungs.length === 0) return false;
  if (isConsumed) {
    if (await isTaken(calls, 'changes', pushed('/sweep'))) for (const rung of rungs) pass(rung);
    return true;
  }
  for (const rung of rungs) {
    const headers = { 'ce-document': rung.document.replace(/^.*\/documents\//, ''), 'content-type': 'application/protobuf' };
    if (await isTaken(calls, 'changes', pushed(`/changes/${name}`, undefined, headers))) pass(rung);
  }
  return true;
};

const delivered = async (
  unit: 'events' | 'queues' | 'dead-letters',
  name: string,
  messages: TestMessages,
  calls: Delivering,
): Promise<boolean> => {
  const received = await messages.receive();
  for (const one of received) {
    const { message, deliveryAttempt } = one;
    const envelope = { message, subscription: `projects/project/subscriptions/${name}`, ...(deliveryAttempt && { deliveryAttempt }) };
    await ((await isTaken(calls, unit, pushed(`/${unit}/${name}`, envelope))) ? messages.acknowledge(one) : messages.again(one));
  }
  return received.length > 0;
};

/** Google Cloud as emulators and fakes have it: changes ring and messages are pushed as Eventarc, Pub/Sub and the scheduler do. */
export const gcpCrashing: Crashing<GcpWorld, Functions> = {
  answers: gcpAnswers,
  makesTablesFreely: true,
  open: ({ world, ...network }) => openCloud(world.environment, network),
  start: functionsOf,
  ask: async ({ http }, request) => http(request),
  async keep({ schedules }, schedule) {
    const { status } = await schedules(await pushed(`/schedules/${schedule}`));
    if (status !== 204) throw new TypeError(`answered ${status}`);
  },
  async deliver({ account }, calls) {
    let busy = false;
    for (const table of account.changes) busy = (await ring(table, calls)) || busy;
    busy = (await delivered('events', 'all', account.events, calls)) || busy;
    for (const { name, work, deadLetters } of account.queues) {
      busy = (await delivered('queues', name, work, calls)) || busy;
      busy = (await delivered('dead-letters', name, deadLetters, calls)) || busy;
    }
    if (busy || !account.underWay.any()) return busy;
    await new Promise((resolve) => setTimeout(resolve, 5));
    return true;
  },
  make: async (resources, known) => worldOf(known === undefined ? await makeAccount(resources) : withNewTables(known.account, resources)),
  /** `settled` asks the function that drains changes. */
  network: (world, { call }) =>
    (async (url: URL, init: RequestInit) => {
      if (url.origin !== audience) return world.network(url, init);
      const answer = await call('changes', async ({ changes }) => changes(new Request(url, init)));
      if (answer === undefined) throw new TypeError('fetch failed');
      return answer;
    }) as unknown as typeof fetch,
  close: async () => (await identity)?.close(),
};
