import type { TableDeclaration } from '../../domain/kernel/table.ts';
import { eventually, settableClock } from '../conformance/harness.ts';
import { tableConformance } from '../conformance/table.ts';
import { dynamoDb } from './services.ts';
import { dynamoTable } from './table.ts';
import { createTable, deleteTable, emulatorClient, emulatorsWithTables } from './test-tables.ts';

for (const [name, emulator] of emulatorsWithTables)
  tableConformance(name, async () => {
    const client = emulatorClient(emulator);
    // Behind the machine's time, by which the emulator removes what has expired: so a test's item can have expired there and live here.
    const clock = settableClock(new Date(Date.now() - 60_000));
    let [tableName, declared]: [string, TableDeclaration] = ['', {}];
    const open = () => dynamoTable({ tableName, declaration: declared, client, clock });

    const expiredItems = async (): Promise<number> => {
      const { Count } = await client.call<{ Count: number }>(dynamoDb, 'Scan', {
        TableName: tableName,
        FilterExpression: 'expiresAt < :now',
        ExpressionAttributeValues: { ':now': { N: String(Math.floor(Date.now() / 1000)) } },
      });
      return Count;
    };

    const equals = 'DynamoDB gives items that are equal in an index an order of its own.';
    const removal = 'ministack looks for what has expired once a minute; DynamoDB Local shows it.';
    return {
      clock,
      unshown: { 'equals in an index by key': equals, ...(emulator === 'ministack' && { 'removal of what has expired': removal }) },
      async table(declaration) {
        declared = declaration;
        ({ tableName } = await createTable(client, declaration));
        return open();
      },
      restart: async () => open(),
      async sweep() {
        const TimeToLiveSpecification = { AttributeName: 'expiresAt', Enabled: true };
        await client.call(dynamoDb, 'UpdateTimeToLive', { TableName: tableName, TimeToLiveSpecification });
        await eventually(async () => (await expiredItems()) === 0, 50_000);
      },
      dispose: async () => void (await deleteTable(client, tableName)),
    };
  });
