import * as z from 'zod';
import { inMemoryTable } from '../../../adapters/conformance/in-memory-table.ts';
import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import type { Message } from '../../../domain/kernel/queue.ts';
import type { Change } from '../../../domain/kernel/table.ts';
import { context, type EventDeclaration } from '../../kernel/context.ts';
import type { BoundContext } from '../bound-context.ts';

const made: EventDeclaration = { name: 'made', type: 'made.v1', context: 'things', describes: 'x', data: z.object({}) };
const policy = { attempts: 3, visibilitySeconds: 60, batchSize: 10, backoff: { baseSeconds: 4, maxSeconds: 300 } };
const things = context('things', {
  describes: 'Things',
  tables: { facts: { changes: { fold: { uses: {} } } }, plain: {} },
  queues: { jobs: { policy, uses: {} } },
  subscribers: { 'thing-made': { to: [made], attempts: 8, uses: {} }, 'every-thing': { to: '*', attempts: 5, uses: {} } },
  schedules: { tidy: { everySeconds: 3600, uses: {} } },
  routes: {
    'POST /v1/things': {
      ...{ does: 'make', summary: 's', permission: 'public', answers: { 200: z.object({}) }, uses: {} },
      ...{ body: z.object({ n: z.number() }), limit: { body: '1 KiB', time: '5 s' } },
    },
  },
});

export const thingMade = { specversion: '1.0', id: '1', source: 'urn:hybrid:things', type: 'made.v1', tenantid: 'acme', data: {} };

/** A context that has something of everything: what it did, what its worker was handed, and what of it is broken, by name. */
export const testThings = () => {
  const table = inMemoryTable();
  const done: string[] = [];
  const messages: Message[] = [];
  const broken = new Set<string>();
  const does = (what: string): void => {
    if (broken.has(what.split(' ')[0] ?? '')) throw new TypeError(`${what} is broken`);
    done.push(what);
  };
  const bound: readonly BoundContext[] = [
    {
      declaration: things as never,
      handlers: { make: async ({ body }: { body: { n: number } }) => ({ status: 200, body: { n: body.n + 1 } }) },
      subscribers: {
        'thing-made': async ({ id }: CloudEvent) => does(`thing-made ${id}`),
        'every-thing': async ({ id }: CloudEvent) => does(`every-thing ${id}`),
      },
      workers: {
        jobs: async (batch: readonly Message[]) => {
          messages.push(...batch);
          return { failed: broken.has('jobs') ? batch.map(({ id }) => id) : [] };
        },
      },
      schedules: { tidy: async () => does('tidy') },
      changes: {
        facts: {
          fold: async (changes: readonly Change[]) => {
            for (const { key } of changes) does(`fold ${key.sk}`);
          },
        },
      },
    },
  ];
  return { table, done, messages, broken, bound };
};
