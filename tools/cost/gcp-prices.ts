import type { PriceList } from './price.ts';

/** By billing account; those of Firestore belong to one database of a project, which a database per context is not, and do not count. */
const allowances = {
  'run.requests': 2_000_000,
  'gcp.gateway.calls': 2_000_000,
  'run.cpu': 180_000,
  'run.memory': 360_000,
  'pubsub.throughput': 10,
  'gcp.scheduler.jobs': 3,
  'gcp.secrets.versions': 6,
  'gcp.secrets.calls': 10_000,
  'gcp.logs.ingestion': 50,
  'gcp.transfer.out': 1,
  'artifacts.storage': 0.5,
} as const;

const run = { source: 'https://cloud.google.com/run/pricing', dated: 'undated' } as const;
const gateway = { source: 'https://cloud.google.com/api-gateway/pricing', dated: 'undated' } as const;
const firestore = { source: 'https://airbyte.com/data-engineering-resources/google-firestore-pricing', dated: '2025' } as const;
const firestoreStorage = { source: 'https://cloud.google.com/firestore/pricing', dated: 'undated' } as const;
const pubsub = { source: 'https://cloud.google.com/pubsub/pricing', dated: 'undated' } as const;
const secrets = { source: 'https://cloud.google.com/secret-manager/pricing', dated: 'undated' } as const;
const logs = { source: 'https://cloud.google.com/stackdriver/pricing', dated: '2024-10-01' } as const;
const storage = { source: 'https://cloud.google.com/storage/pricing', dated: 'undated' } as const;
const armor = { source: 'https://cloud.google.com/armor/pricing', dated: 'undated' } as const;
const network = { source: 'https://cloud.google.com/vpc/network-pricing', dated: 'undated' } as const;
const kms = { source: 'https://cloud.google.com/kms/pricing', dated: 'undated' } as const;

/** List prices of Google Cloud, first tier, without discounts and taxes. */
const prices = {
  'run.requests': { usd: '0.40', per: 1_000_000, unit: 'request', free: 'run.requests', ...run },
  'run.cpu': {
    usd: '0.000024',
    per: 1,
    unit: 'vCPU-second',
    free: 'run.cpu',
    ...run,
    note: 'while an instance works on a request, rounded up to 100 ms',
  },
  'run.memory': { usd: '0.0000025', per: 1, unit: 'GiB-second', free: 'run.memory', ...run },
  'gcp.gateway.calls': { usd: '3.00', per: 1_000_000, unit: 'call', free: 'gcp.gateway.calls', ...gateway },
  'firestore.reads': {
    usd: '0.03',
    per: 100_000,
    unit: 'document read',
    ...firestore,
    note: 'a query that finds nothing counts as one; half the price of a multi-region',
  },
  'firestore.writes': { usd: '0.09', per: 100_000, unit: 'document written', ...firestore },
  'firestore.deletes': { usd: '0.01', per: 100_000, unit: 'document deleted', ...firestore, note: 'those that a TTL policy deletes too' },
  'firestore.storage': { usd: '0.15', per: 1, unit: 'GiB-month', ...firestoreStorage, note: 'with all indexes' },
  'firestore.recovery': {
    usd: '0.15',
    per: 1,
    unit: 'GiB-month',
    ...firestoreStorage,
    note: 'point-in-time recovery, by the size of the database',
  },
  'pubsub.throughput': {
    usd: '0.0390625',
    per: 1,
    unit: 'GiB',
    free: 'pubsub.throughput',
    ...pubsub,
    note: '$40 a TiB, published and delivered alike; at least 1,000 bytes a request',
  },
  'pubsub.retention': { usd: '0.27', per: 1, unit: 'GiB-month', ...pubsub, note: 'messages that a topic keeps after they were delivered' },
  'eventarc.events': {
    usd: '0',
    per: 1_000_000,
    unit: 'event of Google’s own',
    source: 'https://cloud.google.com/eventarc/pricing',
    dated: 'undated',
    note: 'what carries them is paid as Pub/Sub',
  },
  'gcp.scheduler.jobs': {
    usd: '0.10',
    per: 1,
    unit: 'job-month',
    free: 'gcp.scheduler.jobs',
    source: 'https://cloud.google.com/scheduler/pricing',
    dated: 'undated',
    note: 'however often it runs',
  },
  'gcp.secrets.versions': { usd: '0.06', per: 1, unit: 'version-month', free: 'gcp.secrets.versions', ...secrets },
  'gcp.secrets.calls': { usd: '0.03', per: 10_000, unit: 'access', free: 'gcp.secrets.calls', ...secrets },
  'gcp.kms.keys': { usd: '0.06', per: 1, unit: 'key version-month', ...kms, note: 'versions that were turned over stay, and count' },
  'gcp.kms.requests': { usd: '0.03', per: 10_000, unit: 'operation', ...kms },
  'gcp.storage': { usd: '0.020', per: 1, unit: 'GiB-month', ...storage, note: 'versions and what was softly deleted count too' },
  'gcp.storage.writes': { usd: '5.00', per: 1_000_000, unit: 'operation of class A', ...storage },
  'artifacts.storage': {
    usd: '0.10',
    per: 1,
    unit: 'GiB-month',
    free: 'artifacts.storage',
    source: 'https://cloud.google.com/artifact-registry/pricing',
    dated: 'undated',
    note: 'images of functions',
  },
  'gcp.logs.ingestion': { usd: '0.50', per: 1, unit: 'GiB', free: 'gcp.logs.ingestion', ...logs, note: 'with 30 days of keeping' },
  'gcp.logs.retention': { usd: '0.01', per: 1, unit: 'GiB-month beyond 30 days', ...logs },
  'gcp.alarms': {
    usd: '0.10',
    per: 1,
    unit: 'condition-month',
    source: 'https://cloud.google.com/stackdriver/pricing',
    dated: '2026-05-01',
    note: 'announced for May 2026 at the earliest; charged here as if it were in force',
  },
  'gcp.transfer.out': {
    usd: '0.12',
    per: 1,
    unit: 'GiB to the internet',
    free: 'gcp.transfer.out',
    source: 'https://cloudwebschool.com/tools/cloud-run-cost-calculator/',
    dated: 'undated',
  },
  'armor.policies': { usd: '5.00', per: 1, unit: 'policy-month', ...armor },
  'armor.rules': { usd: '1.00', per: 1, unit: 'rule-month', ...armor },
  'armor.requests': { usd: '0.75', per: 1_000_000, unit: 'request', ...armor },
  'balancer.rules': { usd: '0.025', per: 1, unit: 'hour of up to five forwarding rules', ...network },
  'balancer.traffic': { usd: '0.008', per: 1, unit: 'GiB in or out', ...network },
  'bigquery.scans': {
    usd: '6.25',
    per: 1024,
    unit: 'GiB scanned',
    source: 'https://cloud.google.com/bigquery/pricing',
    dated: 'undated',
    note: 'the first TiB of a month is free',
  },
} as const satisfies PriceList<keyof typeof allowances>['prices'];

export const gcpPrices = { region: 'us-central1', allowances, prices } as const;
