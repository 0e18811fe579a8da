import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { awsAlias } from './aws-alias.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outfile = join(root, '.cache', `aws-alias-test-${process.pid}.mjs`);

/** Uses dynamodb-toolbox as it is meant to be used, its own `send` with it. */
const source = `
  import { Entity } from 'dynamodb-toolbox/entity';
  import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get';
  import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put';
  import { execute } from 'dynamodb-toolbox/entity/actions/transactWrite';
  import { PutTransaction } from 'dynamodb-toolbox/entity/actions/transactPut';
  import { item } from 'dynamodb-toolbox/schema/item';
  import { string } from 'dynamodb-toolbox/schema/string';
  import { Table } from 'dynamodb-toolbox/table';
  import { QueryCommand } from 'dynamodb-toolbox/table/actions/query';
  import { awsClient } from './adapters/aws/client.ts';
  import { documentClient as shim } from './adapters/aws/document-client.ts';
  export { dynamoTable } from './adapters/aws/table.ts';

  export const useToolbox = async (fetch) => {
    const environment = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: 'y' };
    const documentClient = shim(awsClient({ environment, fetch }));
    const table = new Table({ name: 'things', documentClient, partitionKey: { name: 'pk', type: 'string' } });
    const thing = new Entity({ name: 'thing', table, schema: item({ pk: string().key(), text: string().optional() }), entityAttribute: false, timestamps: false });
    await thing.build(PutItemCommand).item({ pk: 'a', text: 'b' }).send();
    await execute(thing.build(PutTransaction).item({ pk: 'c' }));
    const { Item } = await thing.build(GetItemCommand).key({ pk: 'a' }).send();
    const { Items } = await table.build(QueryCommand).query({ partition: 'a' }).send();
    return [Item, Items];
  };
`;

describe('a bundle with the stand-in for the AWS SDK', () => {
  let inputs: readonly string[];
  beforeAll(async () => {
    const { metafile } = await build({
      stdin: { contents: source, resolveDir: root },
      outfile,
      bundle: true,
      minify: true,
      metafile: true,
      platform: 'node',
      format: 'esm',
      alias: awsAlias,
      logLevel: 'silent',
    });
    inputs = Object.keys(metafile.inputs);
  });
  afterAll(() => rmSync(outfile, { force: true }));

  it('holds nothing of the SDK', () => {
    expect(inputs.some((path) => path.includes('dynamodb-toolbox'))).toBe(true);
    expect(inputs.filter((path) => /@aws-sdk|@smithy/.test(path))).toEqual([]);
  });
  it('has dynamodb-toolbox send through the platform’s own client', async () => {
    const { useToolbox } = (await import(pathToFileURL(outfile).href)) as { useToolbox(send: typeof fetch): Promise<unknown> };
    const stored = { pk: { S: 'a' }, text: { S: 'b' } };
    const sent: unknown[] = [];
    const answer = (async (_url: unknown, { headers, body }: { headers: Headers; body: string }) => {
      sent.push([headers.get('x-amz-target')?.split('.')[1], JSON.parse(body)]);
      return Response.json({ Item: stored, Items: [stored] });
    }) as unknown as typeof fetch;
    expect(await useToolbox(answer)).toEqual([{ pk: 'a', text: 'b' }, [{ pk: 'a', text: 'b' }]]);
    expect(sent.slice(0, 2)).toEqual([
      ['PutItem', { TableName: 'things', Item: stored }],
      ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'things', Item: { pk: { S: 'c' } } } }] }],
    ]);
  });
});
