import type { CloudEvent } from '../../../domain/kernel/cloud-event.ts';
import type { Json } from '../../../domain/kernel/json.ts';
import type { Table } from '../../../domain/kernel/table.ts';
import { testBus, testClock, testIds, testLog } from '../../kernel/test-serving.ts';
import type { GivenUp } from '../cloud.ts';
import type { Environment } from '../opened.ts';
import type { DoorbellCloud } from './cloud.ts';
import { testDoorbell, testObjects } from './test-doorbell.ts';

const unused = () => {
  throw new TypeError('not used here');
};

/**
 * A cloud in memory for specifications of the entries: tables are the caller's, events and messages are always whole, and what was given up is kept.
 */
export const testOpened = <C extends DoorbellCloud>(
  table: (name: string) => Table,
  environment: Environment,
  more: Omit<C, keyof DoorbellCloud> & Partial<DoorbellCloud>,
) => {
  const [clock, log, bus, buried] = [testClock(), testLog(), testBus(), [] as GivenUp[]];
  const { objects, store } = testObjects();
  const base: DoorbellCloud = {
    ...{ clock, ids: testIds(), bus, table },
    modelHost: { inspect: unused, load: unused, invoke: unused, remove: unused },
    deadLetters: { list: unused, get: unused, redrive: unused },
    exportWriter: { write: unused } as unknown as DoorbellCloud['exportWriter'],
    objects: () => store,
    queue: () => ({ send: unused }),
    settled: async () => undefined,
    eventOf: async (delivered) => delivered as CloudEvent,
    bodyOf: async (delivered) => (delivered as { readonly body: Json }).body,
    partitionOf: (changed) => (typeof changed === 'string' ? changed : (changed as { readonly pk?: string }).pk),
    bury: async (letter) => void buried.push(letter),
    doorbell: testDoorbell(() => []),
  };
  const cloud = { ...base, ...more } as unknown as C;
  return { cloud, environment, log, lines: log.lines, bus, clock, buried, objects };
};
