import type { PriceList } from './price.ts';

/** By subscription; that of Log Analytics by account. */
const allowances = {
  'flex.executions': 250_000,
  'flex.compute': 100_000,
  'eventgrid.operations': 100_000,
  'azure.gateway.calls': 1_000_000,
  'azure.logs.ingestion': 5,
  'azure.alerts.metrics': 10,
  'azure.transfer.out': 100,
} as const;

const flex = { source: 'https://modal.com/blog/azure-function-pricing-guide', dated: '2025-05-22' } as const;
const cosmos = { source: 'https://azure.microsoft.com/pricing/details/cosmos-db/serverless/', dated: 'undated' } as const;
const eventGrid = { source: 'https://azure.microsoft.com/pricing/details/event-grid/', dated: 'undated' } as const;
const gateway = { source: 'https://azure.microsoft.com/pricing/details/api-management/', dated: 'undated' } as const;
const blobs = { source: 'https://azure.microsoft.com/pricing/details/storage/blobs/', dated: 'undated' } as const;
const queues = { source: 'https://azure.microsoft.com/pricing/details/storage/queues/', dated: 'undated' } as const;
const logs = { source: 'https://monitoringcost.com/azure-monitor-cost', dated: '2026' } as const;
const monitor = { source: 'https://azure.microsoft.com/pricing/details/monitor/', dated: 'undated' } as const;
const vault = {
  source: 'https://learn.microsoft.com/en-us/answers/questions/5608202/how-to-correctly-estimate-azure-key-vault-cost',
  dated: 'undated',
} as const;
const frontDoor = { source: 'https://blog.cdnsun.com/microsoft-azure-front-door-pricing/', dated: '2026' } as const;
const network = { source: 'https://azure.microsoft.com/pricing/details/bandwidth/', dated: 'undated' } as const;

/** Of what Microsoft's own pages say only to a browser: the published list, not read again. */
const fromList = 'as published; the page tells its figures to a browser only, and was not read again';

/** List prices of Azure, first tier, one zone, without discounts and taxes. */
const prices = {
  'flex.executions': { usd: '0.40', per: 1_000_000, unit: 'execution', free: 'flex.executions', ...flex },
  'flex.compute': {
    usd: '0.000026',
    per: 1,
    unit: 'GB-second',
    free: 'flex.compute',
    ...flex,
    note: 'of an instance while it works on anything, a second at least',
  },
  'azure.gateway.calls': { usd: '3.50', per: 1_000_000, unit: 'call', free: 'azure.gateway.calls', ...gateway, note: fromList },
  'cosmos.units': { usd: '0.25', per: 1_000_000, unit: 'request unit', ...cosmos, note: fromList },
  'cosmos.storage': {
    usd: '0.25',
    per: 1,
    unit: 'GB-month',
    ...cosmos,
    note: `${fromList}; the last seven days of it are restorable for nothing`,
  },
  'eventgrid.operations': {
    usd: '0.60',
    per: 1_000_000,
    unit: 'operation of 64 KB',
    free: 'eventgrid.operations',
    ...eventGrid,
    note: fromList,
  },
  'azure.queue.operations': { usd: '0.004', per: 10_000, unit: 'operation', ...queues, note: fromList },
  'azure.blob.writes': { usd: '0.05', per: 10_000, unit: 'write or list', ...blobs, note: fromList },
  'azure.blob.reads': { usd: '0.004', per: 10_000, unit: 'read, or other operation', ...blobs, note: fromList },
  'azure.blob.storage': { usd: '0.018', per: 1, unit: 'GB-month', ...blobs, note: fromList },
  'keyvault.operations': { usd: '0.03', per: 10_000, unit: 'operation', ...vault },
  'keyvault.key-operations': { usd: '0.15', per: 10_000, unit: 'operation with a key of 3,072 bits', ...vault, note: fromList },
  'azure.logs.ingestion': { usd: '2.30', per: 1, unit: 'GB', free: 'azure.logs.ingestion', ...logs },
  'azure.alerts.metrics': { usd: '0.10', per: 1, unit: 'time series a month', free: 'azure.alerts.metrics', ...monitor, note: fromList },
  'azure.alerts.logs-5': { usd: '1.50', per: 1, unit: 'rule every 5 minutes a month', ...monitor, note: fromList },
  'azure.alerts.logs-15': { usd: '0.50', per: 1, unit: 'rule every 15 minutes a month', ...monitor, note: fromList },
  'azure.alerts.series-5': { usd: '0.15', per: 1, unit: 'further time series every 5 minutes a month', ...monitor, note: fromList },
  'azure.alerts.series-15': { usd: '0.05', per: 1, unit: 'further time series every 15 minutes a month', ...monitor, note: fromList },
  'frontdoor.base': { usd: '330', per: 1, unit: 'profile a month', ...frontDoor, note: 'Premium: only it has rules of Microsoft’s own' },
  'frontdoor.requests': { usd: '0.015', per: 10_000, unit: 'request', ...frontDoor },
  'frontdoor.transfer': { usd: '0.083', per: 1, unit: 'GB', ...frontDoor },
  'azure.transfer.out': { usd: '0.087', per: 1, unit: 'GB', free: 'azure.transfer.out', ...network, note: fromList },
} as const;

export const azurePrices = {
  region: 'germanywestcentral, or what is published for Europe and the US',
  allowances,
  prices,
} satisfies PriceList<keyof typeof allowances>;
