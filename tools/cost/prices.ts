/** What a provider charges for: a meter's name, `service.what`. */
export type Meter = keyof typeof prices;

export type Price = {
  /** US dollars for `per` units, an exact decimal. */
  readonly usd: string;
  readonly per: number;
  readonly unit: string;
  /** The allowance that is used up first, where there is one that never ends. */
  readonly free?: Allowance;
  readonly source: string;
  /** When the source said so, `yyyy`, `yyyy-mm` or `yyyy-mm-dd`; `undated` where it does not say. */
  readonly dated: string;
  readonly note?: string;
};

/** When the sources were read last. Prices change: compare with the provider's own pages before deciding by them. */
export const reviewed = '2026-11-25';
export const region = 'us-east-1';

/** Units a month that are free for good, in an account as a whole. Those of a trial (12 months, credits) are not here: they end. */
export const allowances = {
  'lambda.requests': 1_000_000,
  'lambda.compute': 400_000,
  'dynamodb.storage': 25,
  'sqs.requests': 1_000_000,
  'scheduler.invocations': 14_000_000,
  'cloudwatch.alarms': 10,
  'cloudwatch.dashboards': 3,
  'cloudwatch.metrics': 10,
  'cloudwatch.log-ingestion': 5,
  'kms.requests': 20_000,
  'xray.traces': 100_000,
  'transfer.out': 100,
  'cloudfront.requests': 10_000_000,
  'cloudfront.transfer': 1_000,
  'glue.objects': 1_000_000,
  budgets: 2,
} as const;
export type Allowance = keyof typeof allowances;

const lambdaRates = { source: 'https://cloudchipr.com/blog/aws-lambda-pricing', dated: '2024' } as const;
const dynamodbRates = { source: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing', dated: '2025-07-21' } as const;
const eventBridge = { source: 'https://cloudburn.io/blog/amazon-eventbridge-pricing', dated: '2026-03-13' } as const;
const cloudwatchRates = { source: 'https://github.com/vreutova/infracost-idem-support/pull/2', dated: 'undated' } as const;
const waf = { source: 'https://c3x.dev/blog/aws-waf-cost-explained/', dated: '2026' } as const;
const cloudfront = { source: 'https://aws.amazon.com/cloudfront/pricing', dated: 'undated' } as const;
const s3Requests = { source: 'https://athena.guide/articles/athena-basics-pricing-model', dated: '2020-10-15' } as const;
const athena = { source: 'https://athena.guide/articles/athena-basics-pricing-model', dated: '2020-10-15' } as const;

/** List prices of AWS in us-east-1, first tier, without discounts and taxes. */
export const prices = {
  'lambda.requests': {
    usd: '0.20',
    per: 1_000_000,
    unit: 'request',
    free: 'lambda.requests',
    source: 'https://aws.amazon.com/lambda/pricing/',
    dated: '2026-09-20',
  },
  'lambda.compute.x86_64': {
    usd: '0.0000166667',
    per: 1,
    unit: 'GB-second',
    free: 'lambda.compute',
    ...lambdaRates,
    note: 'time in which a function starts is billed too, since 2025-08-01',
  },
  'lambda.compute.arm64': { usd: '0.0000133334', per: 1, unit: 'GB-second', free: 'lambda.compute', ...lambdaRates },
  'dynamodb.writes': {
    usd: '0.625',
    per: 1_000_000,
    unit: 'write request unit (1 KB)',
    ...dynamodbRates,
    note: 'on demand; the free 25 units are of provisioned tables only; a write in a transaction takes two',
  },
  'dynamodb.reads': {
    usd: '0.125',
    per: 1_000_000,
    unit: 'read request unit (4 KB, strong)',
    ...dynamodbRates,
    note: 'on demand; an eventually consistent read takes half a unit',
  },
  'dynamodb.storage': {
    usd: '0.25',
    per: 1,
    unit: 'GB-month',
    free: 'dynamodb.storage',
    source: 'https://aws.amazon.com/dynamodb/pricing/',
    dated: 'undated',
  },
  'dynamodb.recovery': {
    usd: '0.20',
    per: 1,
    unit: 'GB-month',
    source: 'https://gist.github.com/allenheltondev/d028926b7fe3b0656c96af9140ab55e3',
    dated: '2020-03-11',
    note: 'point-in-time recovery, by the size of the table',
  },
  'dynamodb.stream-reads': {
    usd: '0',
    per: 1_000_000,
    unit: 'GetRecords',
    source: 'https://docs.amazonaws.cn/en_us/amazondynamodb/latest/developerguide/CostOptimization_StreamsUsage.html',
    dated: 'undated',
    note: "Lambda's reads of a stream are free, idle or not; other readers pay $0.20 per million after 2.5 million",
  },
  'sqs.requests': {
    usd: '0.40',
    per: 1_000_000,
    unit: 'request (64 KB)',
    free: 'sqs.requests',
    source: 'https://cloudburn.io/blog/amazon-sqs-pricing',
    dated: '2026-03-14',
    note: 'empty receives count',
  },
  'eventbridge.events': { usd: '1.00', per: 1_000_000, unit: 'custom event (64 KB)', ...eventBridge, note: 'delivery to targets is free' },
  'eventbridge.archive': { usd: '0.10', per: 1, unit: 'GB archived', ...eventBridge },
  'eventbridge.archive-storage': { usd: '0.023', per: 1, unit: 'GB-month', ...eventBridge },
  'scheduler.invocations': { usd: '1.00', per: 1_000_000, unit: 'invocation', free: 'scheduler.invocations', ...eventBridge },
  'http-api.requests': {
    usd: '1.00',
    per: 1_000_000,
    unit: 'request (512 KB)',
    source: 'https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html',
    dated: 'undated',
    note: 'the free million is a trial of 12 months and does not count',
  },
  's3.storage': { usd: '0.023', per: 1, unit: 'GB-month', source: 'https://cloudburn.io/blog/amazon-s3-pricing', dated: '2026-03-13' },
  's3.writes': { usd: '5.00', per: 1_000_000, unit: 'PUT, POST or LIST', ...s3Requests },
  's3.reads': { usd: '0.40', per: 1_000_000, unit: 'GET', ...s3Requests },
  'secrets.secrets': {
    usd: '0.40',
    per: 1,
    unit: 'secret-month',
    source: 'https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms',
    dated: 'undated',
  },
  'secrets.calls': {
    usd: '0.05',
    per: 10_000,
    unit: 'call',
    source: 'https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms',
    dated: 'undated',
  },
  'kms.keys': { usd: '1.00', per: 1, unit: 'key-month', source: 'https://aws.amazon.com/kms/pricing/', dated: 'undated' },
  'kms.requests': {
    usd: '0.03',
    per: 10_000,
    unit: 'request',
    free: 'kms.requests',
    source: 'https://www.wring.co/blog/aws-kms-pricing-guide',
    dated: '2026-03-15',
  },
  'cloudwatch.alarms': {
    usd: '0.10',
    per: 1,
    unit: 'alarm metric-month',
    free: 'cloudwatch.alarms',
    ...cloudwatchRates,
    note: 'standard resolution; the allowance is of the provider’s own page',
  },
  'cloudwatch.metrics': {
    usd: '0.30',
    per: 1,
    unit: 'custom metric-month',
    free: 'cloudwatch.metrics',
    source: 'https://github.com/nishinoshake/aws-rough/issues/37',
    dated: '2022-04-29',
  },
  'cloudwatch.dashboards': {
    usd: '3.00',
    per: 1,
    unit: 'dashboard-month',
    free: 'cloudwatch.dashboards',
    source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
    dated: '2026-06-13',
    note: 'free up to 50 metrics each',
  },
  'cloudwatch.log-ingestion': {
    usd: '0.50',
    per: 1,
    unit: 'GB',
    free: 'cloudwatch.log-ingestion',
    source: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
    dated: '2026-06-13',
    note: 'standard log class; functions’ and gateways’ lines alike',
  },
  'cloudwatch.log-storage': { usd: '0.03', per: 1, unit: 'GB-month, compressed', ...cloudwatchRates },
  'xray.traces': {
    usd: '5.00',
    per: 1_000_000,
    unit: 'trace recorded',
    free: 'xray.traces',
    source: 'https://aws.amazon.com/xray/pricing/',
    dated: 'undated',
  },
  'transfer.out': {
    usd: '0.09',
    per: 1,
    unit: 'GB to the internet',
    free: 'transfer.out',
    source: 'https://wring.co/blog/aws-data-transfer-pricing-guide',
    dated: '2026',
  },
  'cloudfront.requests': {
    usd: '0.01',
    per: 10_000,
    unit: 'HTTPS request',
    free: 'cloudfront.requests',
    source: 'https://gist.github.com/sofyan-ahmad/19258041a16833a2cab17a6b2b4b3058',
    dated: '2020-03-03',
    note: 'the allowance is of the provider’s own page',
  },
  'cloudfront.transfer': { usd: '0.085', per: 1, unit: 'GB to the internet', free: 'cloudfront.transfer', ...cloudfront },
  'waf.acls': { usd: '5.00', per: 1, unit: 'web ACL-month', ...waf },
  'waf.rules': { usd: '1.00', per: 1, unit: 'rule-month', ...waf },
  'waf.requests': { usd: '0.60', per: 1_000_000, unit: 'request', ...waf },
  'sns.emails': {
    usd: '2.00',
    per: 100_000,
    unit: 'e-mail',
    source: 'https://www.factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols/',
    dated: '2026-06-13',
  },
  'budgets.budgets': {
    usd: '0.61',
    per: 1,
    unit: 'budget-month',
    free: 'budgets',
    source: 'https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/budgets-managing-costs.html',
    dated: 'undated',
    note: '$0.02 a day after the first two; newer texts call every budget without actions free',
  },
  'glue.objects': { usd: '1.00', per: 100_000, unit: 'table or partition-month', free: 'glue.objects', ...athena },
  'athena.scans': { usd: '5.00', per: 1_000, unit: 'GB scanned', ...athena },
  'dns.zones': {
    usd: '0.50',
    per: 1,
    unit: 'zone-month',
    source: 'https://gist.github.com/sofyan-ahmad/19258041a16833a2cab17a6b2b4b3058',
    dated: '2020-03-03',
  },
} as const satisfies Record<string, Price>;

export const priceOf = (meter: Meter): Price => prices[meter];
