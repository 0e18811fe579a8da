import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { openCloud } from '../../../adapters/aws/index.ts';
import { type Account, makeAccount, type TestStream, type WorkedQueue, withNewTables } from '../../../adapters/aws/test-account.ts';
import { awsAnswers } from '../../../adapters/aws/test-faults.ts';
import type { Calls, Crashing, Starting, World } from '../crash/test-world.ts';
import { changesFunction } from './changes-function.ts';
import { deadLettersFunction } from './dead-letters-function.ts';
import { eventsFunction } from './events-function.ts';
import { httpFunction } from './http-function.ts';
import { queuesFunction } from './queues-function.ts';
import { schedulesFunction } from './schedules-function.ts';
import { calledWith, httpEvent } from './test-cloud.ts';

type AwsWorld = World & { readonly account: Account };

const functionsOf = ({ world, bound, ports, log, ...network }: Starting<AwsWorld>) => {
  const { environment } = world;
  const cloud = { ...openCloud(environment, network), ...ports };
  const lambda = { cloud, environment, log: { ...log, calledAs: () => undefined } };
  return {
    http: httpFunction(bound, lambda),
    changes: changesFunction(bound, lambda),
    events: eventsFunction(bound, lambda),
    queues: queuesFunction(bound, lambda),
    schedules: schedulesFunction(bound, lambda),
    deadLetters: deadLettersFunction(lambda),
  };
};
type Functions = ReturnType<typeof functionsOf>;
type Delivering = Calls<Functions>;

/** False where a stream has nothing. Goes on from the first record that was not handled. */
const readStream = async (stream: TestStream, { call, disturbed }: Delivering): Promise<boolean> => {
  const Records = [...(await stream.pending())];
  if (Records.length === 0) return false;
  const outcome = await call('changes', ({ changes }) => changes({ Records }, calledWith()));
  const first = outcome?.batchItemFailures[0]?.itemIdentifier;
  if (first !== undefined) disturbed(`changes: ${first} again`);
  const at = Records.findIndex(({ dynamodb }) => dynamodb?.SequenceNumber === first);
  stream.pass(outcome === undefined ? 0 : first === undefined ? Records.length : at);
  return true;
};

type Worked = 'events' | 'queues' | 'deadLetters';

const readQueue = async (unit: Worked, queue: WorkedQueue, { call, disturbed }: Delivering): Promise<boolean> => {
  const Records = [...(await queue.receive())];
  if (Records.length === 0) return false;
  const outcome = await call<SQSBatchResponse>(unit, (functions) => functions[unit]({ Records } satisfies SQSEvent, calledWith()));
  const failed = new Set(outcome?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? Records.map((one) => one.messageId));
  if (failed.size > 0) disturbed(`${unit}: ${failed.size} again`);
  await queue.delete(Records.filter(({ messageId }) => !failed.has(messageId)));
  await queue.again(Records.filter(({ messageId }) => failed.has(messageId)));
  return true;
};

const worldOf = (account: Account): AwsWorld => ({
  account,
  environment: account.environment,
  open: () => openCloud(account.environment),
  async forget() {
    for (const stream of account.streams) stream.pass((await stream.pending()).length);
  },
});

/** AWS as emulators have it: streams and queues are read as Lambda's mappings do. */
export const awsCrashing: Crashing<AwsWorld, Functions> = {
  answers: awsAnswers,
  makesTablesFreely: false,
  open: ({ world, ...network }) => openCloud(world.environment, network),
  start: functionsOf,
  async ask({ http }, request) {
    const { pathname, search } = new URL(request.url);
    const body = await request.text();
    const event = httpEvent(request.method, `${pathname}${search}`, {
      headers: Object.fromEntries(request.headers),
      ...(body && { body }),
    });
    const { statusCode: status = 500, headers = {}, body: text = '', isBase64Encoded } = await http(event, calledWith());
    return new Response(isBase64Encoded ? Buffer.from(text, 'base64') : text, { status, headers: headers as Record<string, string> });
  },
  keep: ({ schedules }, schedule) => schedules({ schedule }, calledWith()),
  async deliver({ account }, calls) {
    let busy = false;
    for (const stream of account.streams) busy = (await readStream(stream, calls)) || busy;
    busy = (await readQueue('events', account.events, calls)) || busy;
    for (const { work, deadLetters } of account.queues) {
      busy = (await readQueue('queues', work, calls)) || busy;
      busy = (await readQueue('deadLetters', deadLetters, calls)) || busy;
    }
    return busy;
  },
  make: async (resources, known) =>
    worldOf(known === undefined ? await makeAccount(resources) : await withNewTables(known.account, resources)),
};
