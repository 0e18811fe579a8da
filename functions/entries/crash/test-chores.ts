import * as z from 'zod';
import { ulidIds } from '../../../adapters/system/ulid-ids.ts';
import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import type { Decider } from '../../../domain/kernel/decider.ts';
import { type Aggregate, eventStore, handledOrThrow, type StreamId } from '../../../domain/kernel/event-store.ts';
import { failed, isFailure } from '../../../domain/kernel/failure.ts';
import type { BatchOutcome, Message, QueuePolicy } from '../../../domain/kernel/queue.ts';
import type { Table } from '../../../domain/kernel/table.ts';
import type { TenantId } from '../../../domain/kernel/tenancy.ts';
import { eventType } from '../../../events/event.ts';
import { context } from '../../kernel/context.ts';
import type { PortsOf } from '../../kernel/handler.ts';
import { handleOnce } from '../../kernel/subscriber.ts';
import type { BoundContext } from '../bound-context.ts';

/** What is asked: so many parts, of so many characters each. `text` makes the event large. */
const Asked = z.object({ chore: z.string(), parts: z.number(), size: z.number(), text: z.string() });
export const choreAsked = eventType('chores', 'chore-asked', 'Something is to be done', Asked);

type State = { readonly asked: boolean; readonly heard: number; readonly done: readonly number[] };
type AskedEvent = { readonly type: 'chore-asked' } & z.infer<typeof Asked>;
type Event = AskedEvent | { readonly type: 'chore-heard' } | { readonly type: 'part-done'; readonly part: number };

/** Says each thing that it is told once more: whatever is handled twice is seen twice. */
const chore: Decider<State, Event, Event> = {
  initial: { asked: false, heard: 0, done: [] },
  decide: (command) => [command],
  evolve(state, event) {
    if (event.type === 'chore-asked') return { ...state, asked: true };
    return event.type === 'chore-heard' ? { ...state, heard: state.heard + 1 } : { ...state, done: [...state.done, event.part] };
  },
};
const aggregate: Aggregate<State, Event, Event> = { decider: chore };

const streamOf = (tenant: string, stream: string): StreamId => ({ tenant: tenant as TenantId, partition: 'chore', stream });

/** How parts are delivered, so often before they are given up. */
export const partsPolicy = (attempts: number): QueuePolicy => ({
  attempts,
  visibilitySeconds: 60,
  batchSize: 10,
  backoff: { baseSeconds: 1, maxSeconds: 1 },
});

const choresGivenUpAfter = (attempts: number) =>
  context('chores', {
    describes: 'Things to be done, for proofs about what does them',
    tables: { asked: { holds: 'events' }, done: {}, shelf: {} },
    objects: { files: { keep: 'until deleted' } },
    queues: {
      parts: {
        policy: partsPolicy(attempts),
        uses: { done: ['read', 'append'] },
      },
    },
    publishes: [choreAsked],
    subscribers: { 'chore-asked': { to: [choreAsked], attempts: 50, uses: { done: ['read', 'append'], parts: ['send'] } } },
    schedules: { tidy: { everySeconds: 3600, uses: { shelf: ['read', 'append'], files: ['read', 'put', 'delete'] } } },
  });
type Ports = PortsOf<ReturnType<typeof choresGivenUpAfter>>;

const onChoreAsked = async (event: CloudEvent, { done, parts }: Ports): Promise<void> => {
  const { parts: count, size } = Asked.parse(event.data);
  await parts.send(Array.from({ length: count }, (_, part) => ({ body: { tenant: event.tenantid, part, padding: 'x'.repeat(size) } })));
  await handleOnce(event, done, [aggregate, streamOf(event.tenantid, 'heard'), { type: 'chore-heard' }]);
};

const broken = () => failed('unavailable', 'broken', 'It does not work.');
const Part = z.object({ tenant: z.string(), part: z.number() });

/** A part is done once: that it was is in the same transaction. A message that comes twice is known by its content. */
const workParts =
  (isBroken: (tenant: string) => boolean) =>
  async (batch: readonly Message[], { done }: Ports): Promise<BatchOutcome> => {
    const again: string[] = [];
    for (const { id, body } of batch) {
      const { tenant, part } = Part.parse(body);
      const seen = { pk: `${tenant}#chore`, sk: `part#${part}` };
      const once = { by: { id: 'worker' }, alongside: () => [{ type: 'put', item: seen, if: 'absent' } as const] };
      const command = { type: 'part-done', part } as const;
      const work = () => done.events.handle(aggregate, streamOf(tenant, 'parts'), command, once);
      const outcome = isBroken(tenant) ? broken() : await work().catch(broken);
      if (isFailure(outcome) && outcome.code !== 'alongside-conflict') again.push(id);
    }
    return { failed: again };
  };

async function* bytes(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

export type Tidied = readonly unknown[];

/** Every way of writing objects and items there is, one after the other; what each said. A run that broke off is made again from the start. */
export const tidyWith =
  (name: () => string, told: (said: Tidied) => void) =>
  async ({ shelf, files }: Ports): Promise<void> => {
    const key = { pk: `${name()}#shelf`, sk: 'a' };
    const at = (file: string): string => `${name()}/${file}`;
    const said: unknown[] = [];
    const info = (outcome: unknown): unknown => (isFailure(outcome) ? outcome.code : (outcome as { readonly sizeBytes: number }).sizeBytes);
    said.push(info(await files.put(at('new'), bytes('new'), { ifNoneMatch: '*' })));
    said.push(info(await files.put(at('any'), bytes('any'))));
    const upload = await files.startMultipart(at('parts'), { contentType: 'text/plain' });
    const part = await files.putPart(upload, 1, bytes('in parts'));
    said.push(isFailure(part) ? part.code : info(await files.completeMultipart(upload, [{ part: 1, etag: part.etag }])));
    said.push(info(await files.copy(at('any'), at('copy'), { ifNoneMatch: '*' })));
    said.push(info(await files.copy(at('any'), at('again'))));
    await files.delete(at('any'));
    said.push((await shelf.put({ ...key, version: 1, of: name() }, 'absent')).written);
    said.push((await shelf.put({ ...key, version: 2, of: name() }, { version: 1 })).written);
    said.push((await shelf.put({ ...key, sk: 'b' })).written);
    said.push(
      (
        await shelf.transact(key.pk, [
          { type: 'put', item: { ...key, sk: 'c' }, if: 'absent' },
          { type: 'check', key, if: 'present' },
        ])
      ).written,
    );
    said.push((await shelf.delete({ ...key, sk: 'c' }, 'present')).written);
    said.push((await shelf.delete(key, { version: 2 })).written);
    told(said);
  };

type Doing = {
  readonly tidy?: (ports: Ports) => Promise<void>;
  readonly isBroken?: (tenant: string) => boolean;
  /** How often a part is tried. */
  readonly attempts?: number;
};

export const choresBound = ({ tidy = async () => undefined, isBroken = () => false, attempts = 50 }: Doing = {}): BoundContext => ({
  declaration: choresGivenUpAfter(attempts) as unknown as BoundContext['declaration'],
  subscribers: { 'chore-asked': onChoreAsked },
  workers: { parts: workParts(isBroken) },
  schedules: { tidy },
});

const ports = () => ({ clock: { now: () => new Date() }, ids: ulidIds() });

/** Asks for a chore as a request would: by an append to the table that holds its events. */
export const askFor = async (table: Table, tenant: string, asked: Omit<z.infer<typeof Asked>, 'chore'>): Promise<void> => {
  const command = { type: 'chore-asked', chore: tenant, ...asked } as const;
  handledOrThrow(await eventStore(table, ports()).handle(aggregate, streamOf(tenant, 'asked'), command, { by: { id: 'test' } }));
};

/** How often a chore was heard of, and which of its parts were done. */
export const doneOf = async (table: Table, tenant: string): Promise<{ readonly heard: number; readonly done: readonly number[] }> => {
  const { read } = eventStore(table, ports());
  const [heard, parts] = await Promise.all(
    ['heard', 'parts'].map(async (stream) => (await read(aggregate, streamOf(tenant, stream))).state),
  );
  return { heard: heard?.heard ?? 0, done: [...(parts?.done ?? [])].sort() };
};
