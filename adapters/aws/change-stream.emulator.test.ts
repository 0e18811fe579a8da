import { changeStreamConformance } from '../conformance/change-stream.ts';
import type { Consumer } from '../conformance/polled-consumer.ts';
import { systemClock } from '../system/system-clock.ts';
import { dynamoTable } from './table.ts';
import { streamReader } from './test-stream-reader.ts';
import { createTable, deleteTable, emulatorClient, emulatorsWithTables } from './test-tables.ts';

for (const [name, emulator] of emulatorsWithTables)
  changeStreamConformance(name, async () => {
    const client = emulatorClient(emulator);
    const running = new Set<Consumer>();
    let tableName = '';
    let reader = streamReader(client, '');
    const open = () => dynamoTable({ tableName, declaration: {}, client, clock: systemClock });
    const stopAll = async () => {
      await Promise.all([...running].map((one) => one.stop()));
      running.clear();
    };
    return {
      async table() {
        const created = await createTable(client, {}, { stream: true });
        tableName = created.tableName;
        reader = streamReader(client, created.streamArn);
        return open();
      },
      async restart() {
        await stopAll();
        return open();
      },
      subscribe(consumer, handler, options) {
        const subscription = reader.subscribe(consumer, handler, options);
        running.add(subscription);
        return {
          stop() {
            running.delete(subscription);
            return subscription.stop();
          },
        };
      },
      drain: async () => void (await Promise.all([...running].map((one) => one.idle()))),
      async dispose() {
        await stopAll();
        await deleteTable(client, tableName);
      },
    };
  });
