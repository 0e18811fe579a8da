import * as z from 'zod';
import type { Project } from './project.ts';

/** What Google would refuse of a kind that is only recorded, what a change of makes a new one, and by what it is known. */
export type Told = {
  readonly inputs: z.ZodType;
  readonly replacedBy?: readonly string[];
  readonly idOf?: (inputs: Given, project: Project) => string;
  /** Ids of other records that have to be there. */
  readonly refersTo?: (inputs: Given, project: Project) => readonly string[];
};
type Given = { readonly [property: string]: unknown };

const text = (value: unknown): string => String(value ?? '');
const wholeSeconds = z.string().regex(/^\d+s$/);
const secondsOf = (duration: string): number => Number.parseInt(duration, 10);
const minutes = wholeSeconds.refine((duration) => secondsOf(duration) % 60 === 0, 'whole minutes');
const atLeastMinute = minutes.refine((duration) => secondsOf(duration) >= 60, 'a minute at least');
/** https://cloud.google.com/monitoring/api/v3/filters: one metric of one kind of resource. */
const filter = z
  .string()
  .max(2048)
  .regex(/metric\.type = "[\w./]+"/)
  .regex(/resource\.type = "[\w./]+"/);
const aligner = z.enum(['ALIGN_DELTA', 'ALIGN_RATE', 'ALIGN_MAX', 'ALIGN_PERCENTILE_99']);
const reducer = z.enum(['REDUCE_SUM', 'REDUCE_MAX']);

/** https://cloud.google.com/monitoring/api/ref_v3/rest/v3/projects.alertPolicies */
const Threshold = z.object({
  filter,
  comparison: z.enum(['COMPARISON_GT', 'COMPARISON_LT']),
  thresholdValue: z.number(),
  duration: atLeastMinute,
  aggregations: z.array(z.object({ alignmentPeriod: atLeastMinute, perSeriesAligner: aligner, crossSeriesReducer: reducer })).min(1),
});
const AlertPolicy = z.object({
  displayName: z.string().min(1).max(512),
  combiner: z.enum(['AND', 'OR', 'AND_WITH_MATCHING_RESOURCE']),
  conditions: z
    .array(z.object({ displayName: z.string().min(1), conditionThreshold: Threshold }))
    .min(1)
    .max(6),
  alertStrategy: z.object({ autoClose: wholeSeconds.refine((time) => secondsOf(time) >= 1800 && secondsOf(time) <= 604_800) }),
  notificationChannels: z.array(z.string()).max(16),
});
const NotificationChannel = z.object({ type: z.literal('email'), displayName: z.string(), labels: z.object({ email_address: z.email() }) });

/** https://cloud.google.com/monitoring/api/ref_v3/rest/v1/projects.dashboards: tiles lie on the grid, and not on each other. */
const Tile = z.object({ width: z.int().min(1), height: z.int().min(1), xPos: z.int().min(0), yPos: z.int().min(0) });
type Tile = z.output<typeof Tile>;
const overlap = (one: Tile, other: Tile): boolean =>
  one.xPos < other.xPos + other.width &&
  other.xPos < one.xPos + one.width &&
  one.yPos < other.yPos + other.height &&
  other.yPos < one.yPos + one.height;
const Series = z.object({
  filter,
  aggregation: z.object({
    alignmentPeriod: atLeastMinute,
    perSeriesAligner: aligner,
    crossSeriesReducer: reducer,
    groupByFields: z.array(z.string()),
  }),
});
const Chart = z.object({
  dataSets: z
    .array(z.object({ timeSeriesQuery: z.object({ timeSeriesFilter: Series }), plotType: z.literal('LINE') }))
    .min(1)
    .max(50),
});
const Layout = z
  .object({
    columns: z.int().min(1).max(48),
    tiles: z
      .array(Tile.extend({ widget: z.object({ title: z.string(), xyChart: Chart }) }))
      .min(1)
      .max(100),
  })
  .refine(({ columns, tiles }) => tiles.every(({ xPos, width }) => xPos + width <= columns), 'a tile beside the grid')
  .refine(({ tiles }) => tiles.every((one, at) => tiles.slice(at + 1).every((other) => !overlap(one, other))), 'tiles on each other');
const json = z.string().transform((body) => JSON.parse(body) as unknown);
const Dashboard = z.object({ dashboardJson: json.pipe(z.object({ displayName: z.string().min(1), mosaicLayout: Layout })) });

/** https://cloud.google.com/billing/docs/reference/budget/rest/v1/billingAccounts.budgets */
const Budget = z.object({
  billingAccount: z.string().regex(/^[0-9A-F]{6}(-[0-9A-F]{6}){2}$/),
  displayName: z.string().max(60),
  budgetFilter: z.object({
    projects: z.array(z.string().regex(/^projects\/\d+$/)).min(1),
    calendarPeriod: z.enum(['MONTH', 'QUARTER', 'YEAR']),
  }),
  amount: z.object({ specifiedAmount: z.object({ currencyCode: z.string().length(3), units: z.string().regex(/^\d+$/) }) }),
  thresholdRules: z
    .array(z.object({ thresholdPercent: z.number().min(0), spendBasis: z.enum(['CURRENT_SPEND', 'FORECASTED_SPEND']) }))
    .min(1),
  allUpdatesRule: z.object({ monitoringNotificationChannels: z.array(z.string()).min(1).max(5), disableDefaultIamRecipients: z.boolean() }),
});

/** https://cloud.google.com/logging/docs/reference/v2/rest/v2/projects.locations.buckets */
const LogBucket = z.object({
  project: z.string(),
  location: z.string(),
  bucketId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/),
  retentionDays: z.int().min(1).max(3650),
});
const toLogBucket = /^logging\.googleapis\.com\/(projects\/[^/]+\/locations\/[^/]+\/buckets\/[^/]+)$/;
const LogSink = z.object({ destination: z.string().regex(toLogBucket), filter: z.string().min(1).max(20_000) });
const LogExclusion = z.object({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/), filter: z.string().min(1).max(20_000) });

/** https://cloud.google.com/bigquery/docs/reference/rest/v2/tables */
const id = z.string().regex(/^[A-Za-z0-9_]{1,1024}$/);
const Dataset = z.object({ datasetId: id, location: z.string() });
const View = z.object({ view: z.object({ query: z.string().min(1), useLegacySql: z.literal(false) }) });
/** A schema is disallowed for formats that have one of their own, and asked for where nothing is detected. */
const External = z.object({
  externalDataConfiguration: z.object({
    sourceFormat: z.literal('CSV'),
    sourceUris: z.array(z.string().regex(/^gs:\/\/[^*]+\*[^*]*$/)).min(1),
    autodetect: z.literal(false),
    schema: json.pipe(z.array(z.object({ name: id, type: z.string(), mode: z.string() })).min(1)),
    csvOptions: z.object({ quote: z.string().max(1), skipLeadingRows: z.int().min(0), allowQuotedNewlines: z.boolean().optional() }),
    hivePartitioningOptions: z.never('found by looking at files, of which there may be none').optional(),
  }),
});
const QueryTable = z.intersection(z.object({ datasetId: id, tableId: id }), z.union([View, External]));
const dataset = ({ datasetId }: Given, { id: project }: Project) => `projects/${project}/datasets/${text(datasetId)}`;

/** Kinds whose being there changes nothing that can be tried, but which Google would not take as they come. */
export const told: { readonly [type: string]: Told } = {
  'gcp:monitoring/alertPolicy:AlertPolicy': {
    inputs: AlertPolicy,
    refersTo: ({ notificationChannels }) => notificationChannels as readonly string[],
  },
  'gcp:monitoring/notificationChannel:NotificationChannel': { inputs: NotificationChannel, replacedBy: ['sensitiveLabels'] },
  'gcp:monitoring/dashboard:Dashboard': { inputs: Dashboard },
  'gcp:billing/budget:Budget': {
    inputs: Budget,
    replacedBy: ['billingAccount'],
    refersTo: ({ allUpdatesRule }) => Budget.shape.allUpdatesRule.parse(allUpdatesRule).monitoringNotificationChannels,
  },
  'gcp:logging/projectBucketConfig:ProjectBucketConfig': {
    inputs: LogBucket,
    replacedBy: ['project', 'location', 'bucketId'],
    idOf: ({ project, location, bucketId }) => `projects/${text(project)}/locations/${text(location)}/buckets/${text(bucketId)}`,
  },
  'gcp:logging/projectSink:ProjectSink': {
    inputs: LogSink,
    replacedBy: ['name', 'uniqueWriterIdentity'],
    refersTo: ({ destination }) => [toLogBucket.exec(text(destination))?.[1] ?? ''],
  },
  'gcp:logging/projectExclusion:ProjectExclusion': { inputs: LogExclusion, replacedBy: ['name'] },
  'gcp:bigquery/dataset:Dataset': { inputs: Dataset, replacedBy: ['datasetId', 'location'], idOf: dataset },
  'gcp:bigquery/table:Table': {
    inputs: QueryTable,
    replacedBy: ['datasetId', 'tableId'],
    idOf: (given, project) => `${dataset(given, project)}/tables/${text(given.tableId)}`,
    refersTo: (given, project) => [dataset(given, project)],
  },
};
