import { Workgroup, type WorkgroupArgs } from '@pulumi/aws/athena/workgroup.js';
import { Export, type ExportArgs } from '@pulumi/aws/bcmdata/export.js';
import { CatalogDatabase, type CatalogDatabaseArgs } from '@pulumi/aws/glue/catalogDatabase.js';
import { CatalogTable, type CatalogTableArgs } from '@pulumi/aws/glue/catalogTable.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { focusColumns } from '../../domain/billing/focus.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { type Statement, type TransformEach, transformed } from './component.ts';
import { ObjectStore, type ObjectStoreArgs } from './object-store.ts';

export type CostExportArgs = {
  readonly stack: string;
  readonly accountId: Input<string>;
  readonly region: string;
  /** The bucket with what the platform bills its tenants. */
  readonly platformExports: Input<string>;
  readonly protectsData: boolean;
  readonly transform?:
    | (TransformEach<{ export: ExportArgs; database: CatalogDatabaseArgs; table: CatalogTableArgs; queries: WorkgroupArgs }> & {
        readonly store?: ObjectStoreArgs['transform'];
      })
    | undefined;
};

/**
 * What AWS charges for the account, as FOCUS, daily; and tables over it and over what the platform charges its tenants, with the same columns and
 * months, so that one query sees both. Queries read at most 10 GB, so that none of them is a surprise itself.
 */
export class CostExport extends ComponentResource {
  readonly bucketName: Output<string>;
  readonly databaseName: Output<string>;

  constructor(name: string, args: CostExportArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:CostExport', name, {}, options);
    const within = { parent: this };
    const { transform = {}, protectsData } = args;
    // AWS's own key: the service that writes here has no role of ours that could be let use another.
    const kept: ObjectStoreArgs = { context: 'billing', keep: 'forever', protectsData, writers: [byBilling(args.accountId)] };
    const store = new ObjectStore(name, { ...kept, transform: transform.store }, within);
    const exported = exportOf(args, store.bucketName);
    new Export(`${name}-export`, transformed(exported, transform.export), { ...within, dependsOn: store });
    // A name of its own, since SQL would want one with dashes in quotes.
    const databaseName = exportName(args.stack).replaceAll('-', '_');
    const catalogue: CatalogDatabaseArgs = { name: databaseName, description: 'Costs and what tenants are billed, as FOCUS' };
    const database = new CatalogDatabase(`${name}-database`, transformed(catalogue, transform.database), within);
    const locations = {
      costs: interpolate`s3://${store.bucketName}/${prefix}/${exportName(args.stack)}/data/`,
      billed: interpolate`s3://${args.platformExports}/${platformTenant}/focus/data/`,
    };
    for (const table of ['costs', 'billed'] as const)
      new CatalogTable(`${name}-${table}`, transformed(tableOf(table, database.name, locations[table]), transform.table), within);
    const queries: WorkgroupArgs = { forceDestroy: true, configuration: boundedQueries };
    new Workgroup(`${name}-queries`, transformed(queries, transform.queries), within);
    this.bucketName = store.bucketName;
    this.databaseName = database.name;
    this.registerOutputs({ bucketName: this.bucketName, databaseName: this.databaseName });
  }
}

const prefix = 'focus';
const exportName = (stack: string): string => `hybrid-${stack}`;
const focusTable = 'FOCUS_1_2_AWS';

const exportOf = ({ stack, region }: CostExportArgs, bucket: Output<string>): ExportArgs => ({
  export: {
    name: exportName(stack),
    description: 'Costs of the account, as FOCUS 1.2',
    dataQueries: [
      {
        queryStatement: `SELECT ${[...shared.map(({ name }) => name), ...ofAws].join(', ')} FROM ${focusTable}`,
        tableConfigurations: { [focusTable]: { TIME_GRANULARITY: 'DAILY' } },
      },
    ],
    destinationConfigurations: [
      {
        s3Destinations: [
          {
            s3Bucket: bucket,
            s3Prefix: prefix,
            s3Region: region,
            s3OutputConfigurations: [{ format: 'PARQUET', compression: 'PARQUET', outputType: 'CUSTOM', overwrite: 'OVERWRITE_REPORT' }],
          },
        ],
      },
    ],
    refreshCadences: [{ frequency: 'SYNCHRONOUS' }],
  },
});

/** Details of a price are a map at AWS, and text in the platform's rows. */
const shared = focusColumns.filter(({ name }) => name !== 'SkuPriceDetails');
/** What AWS knows beside: which account, where, and what it was for. */
const ofAws = ['SubAccountId', 'RegionId', 'ResourceId', 'Tags'];

const byBilling = (accountId: Input<string>): Statement => ({
  Sid: 'CostExports',
  Effect: 'Allow',
  Principal: { Service: 'bcm-data-exports.amazonaws.com' },
  Action: ['s3:PutObject', 's3:GetBucketPolicy'],
  Condition: {
    StringEquals: { 'aws:SourceAccount': accountId },
    ArnLike: { 'aws:SourceArn': interpolate`arn:aws:bcm-data-exports:us-east-1:${accountId}:export/*` },
  },
});

/** AWS says numbers as doubles and times in milliseconds; the platform says them exactly, and Athena casts where a query asks for both. */
const hiveTypes = {
  costs: { decimal: 'double', text: 'string', time: 'timestamp' },
  billed: { decimal: 'decimal(38,18)', text: 'string', time: 'timestamp' },
} as const;

type Columns = readonly { readonly name: string; readonly type: 'decimal' | 'text' | 'time' }[];
const typed = (columns: Columns, types: (typeof hiveTypes)[keyof typeof hiveTypes]) =>
  columns.map(({ name, type }) => ({ name: name.toLowerCase(), type: types[type] as string }));

const columns = {
  costs: [
    ...typed(shared, hiveTypes.costs),
    ...ofAws.map((name) => ({ name: name.toLowerCase(), type: name === 'Tags' ? 'map<string,string>' : 'string' })),
  ],
  billed: typed(focusColumns, hiveTypes.billed),
};

/** What folders of a month are called. S3 knows capitals from small letters, and AWS writes its own in capitals. */
const months = { costs: 'BILLING_PERIOD', billed: 'billing_period' } as const;

const tableOf = (table: keyof typeof months, databaseName: Output<string>, location: Output<string>): CatalogTableArgs => ({
  name: table,
  databaseName,
  tableType: 'EXTERNAL_TABLE',
  partitionKeys: [{ name: 'billing_period', type: 'string' }],
  // Months are computed, not found: there is no crawler to pay, and none to forget.
  parameters: {
    classification: 'parquet',
    'projection.enabled': 'true',
    'projection.billing_period.type': 'date',
    'projection.billing_period.format': 'yyyy-MM',
    'projection.billing_period.range': '2025-01,NOW',
    'projection.billing_period.interval': '1',
    'projection.billing_period.interval.unit': 'MONTHS',
    'storage.location.template': interpolate`${location}${months[table]}=\${billing_period}/`,
  },
  storageDescriptor: {
    location,
    inputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
    outputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
    serDeInfo: { serializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
    columns: columns[table],
  },
});

const boundedQueries = {
  enforceWorkgroupConfiguration: true,
  bytesScannedCutoffPerQuery: 10 * 1000 ** 3,
  managedQueryResultsConfiguration: { enabled: true },
};
