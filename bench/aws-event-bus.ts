/**
 * Publishing an event, and ten at once, through the adapter against the official client's PutEvents, alternating, on ministack. Prints {"name",
 * "ratio" (median time of ours by theirs), "budget"} as a JSON line each.
 */
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { awsClient } from '../adapters/aws/client.ts';
import { eventBridgeBus } from '../adapters/aws/event-bus.ts';
import { eventBridge } from '../adapters/aws/services.ts';
import { ulidIds } from '../adapters/system/ulid-ids.ts';
import type { CloudEvent } from '../domain/kernel/cloud-event.ts';
import { failed, Rejected } from '../domain/kernel/failure.ts';
import { startMinistack } from '../tools/emulators/start.ts';
import { emulatedAws } from './emulated-aws.ts';
import { median, type Result, report } from './result.ts';

const calls = Number(process.env.BENCH_CALLS ?? 1500);
/** So many that both clients' code, and the emulator's, is warm. */
const warmUp = 500;
const budget = { max: 1.15 };

const emulator = await startMinistack();
const aws = emulatedAws(emulator.endpoint);
const client = awsClient({ environment: aws.environment });
const busName = 'bench';
await client.call(eventBridge, 'CreateEventBus', { Name: busName });
const refuse = async (): Promise<never> => {
  throw new Rejected(failed('invalid', 'unexpected-large-event', 'No event of this benchmark is large.'));
};
const bus = eventBridgeBus({ client, busName, largeEvents: { put: refuse } });
const official = new EventBridgeClient(aws.official);

const ids = ulidIds();
const event = (): CloudEvent => ({
  specversion: '1.0',
  id: ids.next(),
  source: 'urn:hybrid:models',
  type: 'com.hybrid.models.model-deployed.v1',
  subject: 'deployment/digits',
  time: new Date().toISOString(),
  datacontenttype: 'application/json',
  tenantid: 'acme',
  principal: 'key:ada',
  sequence: '7',
  data: { endpoint: 'digits', model: 'digits', version: '3', digest: `sha256:${'0'.repeat(64)}`, sizeBytes: 4096 },
});
const entryOf = (one: CloudEvent) => ({ EventBusName: busName, Source: one.source, DetailType: one.type, Detail: JSON.stringify(one) });

const millisOf = async (call: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await call();
  return performance.now() - started;
};

/** The two take turns, so that whatever else the machine does meets both alike. */
const compare = async (name: string, count: number): Promise<Result> => {
  const [own, other]: [number[], number[]] = [[], []];
  const events = () => Array.from({ length: count }, event);
  for (let n = 0; n < warmUp + calls; n++) {
    const ours = await millisOf(() => bus.publish(events()));
    const theirs = await millisOf(() => official.send(new PutEventsCommand({ Entries: events().map(entryOf) })));
    if (n < warmUp) continue;
    own.push(ours);
    other.push(theirs);
  }
  const ratio = Math.round((median(own) / median(other)) * 1000) / 1000;
  return { name, ratio, budget, notes: `${median(own).toFixed(3)} ms by ${median(other).toFixed(3)} ms, Node ${process.versions.node}` };
};

report(await compare('aws-event-bus-publish', 1));
report(await compare('aws-event-bus-publish-ten', 10));
official.destroy();
await emulator.stop();
