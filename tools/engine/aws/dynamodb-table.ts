import {
  type AttributeDefinition,
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
  type StreamSpecification,
  type TableDescription,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';

const Index = z.object({
  name: z.string(),
  hashKey: z.string().optional(),
  rangeKey: z.string().optional(),
  keySchemas: z.array(z.object({ attributeName: z.string(), keyType: z.string() })).optional(),
  projectionType: z.string(),
  nonKeyAttributes: z.array(z.string()).optional(),
});
const Inputs = z.object({
  name: z.string(),
  attributes: z.array(z.object({ name: z.string(), type: z.string() })).default([]),
  hashKey: z.string(),
  rangeKey: z.string().optional(),
  globalSecondaryIndexes: z.array(Index).default([]),
  streamEnabled: z.boolean().optional(),
  streamViewType: z.string().optional(),
  ttl: z.object({ attributeName: z.string().optional(), enabled: z.boolean().optional() }).optional(),
  pointInTimeRecovery: z.object({ enabled: z.boolean() }).optional(),
  deletionProtectionEnabled: z.boolean().optional(),
  tags: z.record(z.string(), z.string()).default({}),
});
type Inputs = z.output<typeof Inputs>;
type Index = z.output<typeof Index>;

const keysOf = (hash: string | undefined, range: string | undefined): KeySchemaElement[] => [
  { AttributeName: hash, KeyType: 'HASH' },
  ...(range === undefined ? [] : [{ AttributeName: range, KeyType: 'RANGE' as const }]),
];
const indexOf = (index: Index): GlobalSecondaryIndex => ({
  IndexName: index.name,
  KeySchema:
    index.keySchemas?.map(({ attributeName, keyType }) => ({ AttributeName: attributeName, KeyType: keyType as 'HASH' })) ??
    keysOf(index.hashKey, index.rangeKey),
  Projection: { ProjectionType: index.projectionType as 'ALL', NonKeyAttributes: index.nonKeyAttributes },
});
const attributesOf = ({ attributes }: Inputs): AttributeDefinition[] =>
  attributes.map(({ name, type }) => ({ AttributeName: name, AttributeType: type as 'S' }));
const streamOf = ({ streamEnabled, streamViewType }: Inputs): StreamSpecification =>
  streamEnabled ? { StreamEnabled: true, StreamViewType: streamViewType as 'NEW_IMAGE' } : { StreamEnabled: false };

const computedOf = (table: TableDescription | undefined) => ({
  arn: table?.TableArn ?? '',
  streamArn: table?.LatestStreamArn ?? '',
  streamLabel: table?.LatestStreamLabel ?? '',
});

/** Indexes change one at a time; a changed one is removed and made anew. */
const indexUpdates = (olds: readonly Index[], news: readonly Index[]) => {
  const said = (index: Index) => JSON.stringify(indexOf(index));
  const isIn = (list: readonly Index[]) => (index: Index) => list.some((other) => said(other) === said(index));
  return [
    ...olds.filter((index) => !isIn(news)(index)).map(({ name }) => ({ Delete: { IndexName: name } })),
    ...news.filter((index) => !isIn(olds)(index)).map((index) => ({ Create: indexOf(index) })),
  ];
};

export const table = ({ dynamodb }: Clients) => {
  const describe = async (name: string) => (await found(dynamodb.send(new DescribeTableCommand({ TableName: name }))))?.Table;

  const settings = async (inputs: Inputs, before: Partial<Inputs>): Promise<void> => {
    const { name, ttl, pointInTimeRecovery } = inputs;
    if (ttl?.attributeName !== undefined && JSON.stringify(ttl) !== JSON.stringify(before.ttl)) {
      const TimeToLiveSpecification = { AttributeName: ttl.attributeName, Enabled: ttl.enabled ?? true };
      await dynamodb.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
    }
    const wanted = pointInTimeRecovery?.enabled ?? false;
    if (wanted !== (before.pointInTimeRecovery?.enabled ?? false)) {
      const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: wanted };
      await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName: name, PointInTimeRecoverySpecification }));
    }
  };

  return kind({
    type: 'aws:dynamodb/table:Table',
    inputs: Inputs,
    naming: { property: 'name', longest: 255 },
    replacedBy: ['name', 'hashKey', 'rangeKey', 'localSecondaryIndexes', 'region'],
    computes: ['arn', 'streamArn', 'streamLabel'],
    recomputes: [],
    create: async (inputs) => {
      const indexes = inputs.globalSecondaryIndexes.map(indexOf);
      const { TableDescription } = await dynamodb.send(
        new CreateTableCommand({
          TableName: inputs.name,
          AttributeDefinitions: attributesOf(inputs),
          KeySchema: keysOf(inputs.hashKey, inputs.rangeKey),
          ...(indexes.length > 0 && { GlobalSecondaryIndexes: indexes }),
          BillingMode: 'PAY_PER_REQUEST',
          StreamSpecification: streamOf(inputs),
          DeletionProtectionEnabled: inputs.deletionProtectionEnabled,
          Tags: Object.entries(inputs.tags).map(([Key, Value]) => ({ Key, Value })),
        }),
      );
      await settings(inputs, {});
      return { id: inputs.name, computed: computedOf(TableDescription) };
    },
    read: async (id, state) => {
      const described = await describe(id);
      if (described === undefined) return undefined;
      const said = {
        streamEnabled: described.StreamSpecification?.StreamEnabled ?? false,
        deletionProtectionEnabled: described.DeletionProtectionEnabled ?? false,
      };
      return { inputs: drift(state, said), computed: computedOf(described) };
    },
    update: async (id, inputs, state) => {
      const change = async (part: object) => {
        await dynamodb.send(new UpdateTableCommand({ TableName: id, AttributeDefinitions: attributesOf(inputs), ...part }));
      };
      for (const part of indexUpdates(state.globalSecondaryIndexes, inputs.globalSecondaryIndexes))
        await change({ GlobalSecondaryIndexUpdates: [part] });
      if (JSON.stringify(streamOf(inputs)) !== JSON.stringify(streamOf(state))) await change({ StreamSpecification: streamOf(inputs) });
      if (inputs.deletionProtectionEnabled !== state.deletionProtectionEnabled)
        await change({ DeletionProtectionEnabled: inputs.deletionProtectionEnabled ?? false });
      await settings(inputs, state);
      return computedOf(await describe(id));
    },
    remove: async (id) => {
      await found(dynamodb.send(new DeleteTableCommand({ TableName: id })));
    },
  });
};
