import {
  accountOpened,
  invoiceIssued,
  periodClosed,
  periodClosing,
  planDefined,
  subscriptionChanged,
  usageSettled,
} from '../../events/billing.ts';
import { tenantCreated } from '../../events/identity.ts';
import { context } from '../kernel/context.ts';
import { listOf, Paging } from '../kernel/lists.ts';
import { Empty, Problem } from '../kernel/schemas.ts';
import { transferOfObjects, transferOfTables } from '../kernel/transfer/routes.ts';
import {
  CloseOptions,
  CloseResult,
  InvoiceView,
  OfPeriod,
  OfPlan,
  OfTenant,
  PlanTerms,
  PlanView,
  Subscription,
  UsageRange,
  UsageView,
  Verification,
} from './schemas.ts';

const json = { body: '1 MiB', time: '10 s' } as const;
// A cloud gathers usage for some seconds before it can be read.
const settling = { body: '1 MiB', time: '28 s' } as const;
// Closing and verifying read every tenant's month; exporting writes all of its invoices.
const long = { body: '1 MiB', time: '15 m' } as const;

export const billing = context('billing', {
  describes: 'What was used, what it costs, and who owes it',
  tables: {
    /** Accounts, plans, periods and invoices. */
    accounts: {
      holds: 'events',
      indexes: { directory: { partition: 'directory', sort: 'name' }, ledger: { partition: 'ledger', sort: 'entry' } },
    },
    /** Usage facts, as the meter records them. */
    usage: { changes: { 'fold-usage': { uses: { rollups: ['read', 'append'] } } } },
    /** Usage by tenant, hour and shard, with the checkpoint of what was folded. */
    rollups: {},
    /** Whose turn it is with what takes long. */
    turns: {},
  },
  objects: { exports: { keep: 'forever' } },
  routes: {
    'GET /v1/usage': {
      does: 'get-usage',
      summary: 'What the tenant used, by hour or day and meter',
      permission: 'usage:read',
      scope: 'tenant',
      query: UsageRange,
      answers: { 200: listOf(UsageView), 422: Problem },
      limit: json,
      uses: { rollups: ['read'] },
    },
    'PUT /v1/billing/plans/{id}': {
      does: 'define-plan',
      summary: 'Define a plan; its terms hold for every period that is closed from now on',
      permission: 'plans:write',
      scope: 'platform',
      params: OfPlan,
      body: PlanTerms,
      answers: { 200: PlanView, 422: Problem },
      limit: json,
      uses: { accounts: ['read', 'append'] },
    },
    'GET /v1/billing/plans': {
      does: 'list-plans',
      summary: 'List plans',
      permission: 'plans:read',
      scope: 'either',
      query: Paging,
      answers: { 200: listOf(PlanView) },
      limit: json,
      uses: { accounts: ['read'] },
    },
    'GET /v1/billing/plans/{id}': {
      does: 'get-plan',
      summary: "A plan's terms",
      permission: 'plans:read',
      scope: 'either',
      params: OfPlan,
      answers: { 200: PlanView, 404: Problem },
      limit: json,
      uses: { accounts: ['read'] },
    },
    'PUT /v1/billing/accounts/{tenantId}/subscription': {
      does: 'change-subscription',
      summary: 'Bill a tenant by a plan; the plan in force when a period is closed prices all of it',
      permission: 'subscriptions:write',
      scope: 'platform',
      params: OfTenant,
      body: Subscription,
      answers: { 200: Subscription, 404: Problem, 422: Problem },
      limit: json,
      uses: { accounts: ['read', 'append'] },
    },
    'GET /v1/billing/accounts/{tenantId}/subscription': {
      does: 'get-subscription',
      summary: 'The plan that a tenant is billed by',
      permission: 'subscriptions:read',
      scope: 'either',
      params: OfTenant,
      answers: { 200: Subscription, 404: Problem },
      limit: json,
      uses: { accounts: ['read'] },
    },
    'POST /v1/billing/periods/{period}/close': {
      does: 'close-period',
      summary: 'Close a period: settle its usage, issue its invoices, write its export; again changes nothing',
      permission: 'periods:write',
      scope: 'platform',
      params: OfPeriod,
      body: CloseOptions,
      answers: { 200: CloseResult, 409: Problem },
      limit: long,
      uses: { accounts: ['read', 'append'], usage: ['read', 'settle'], rollups: ['read'], exports: ['put'], exportWriter: ['put'] },
    },
    'GET /v1/billing/periods/{period}/verification': {
      does: 'verify-period',
      summary: 'Recompute a period from its facts and compare it with what is billed from',
      permission: 'periods:read',
      scope: 'platform',
      params: OfPeriod,
      answers: { 200: Verification, 429: Problem },
      limit: long,
      uses: { accounts: ['read'], usage: ['read', 'settle'], rollups: ['read'], turns: ['put', 'delete'] },
    },
    'GET /v1/invoices': {
      does: 'list-invoices',
      summary: "List invoices: a tenant's own, the platform's all",
      permission: 'invoices:read',
      scope: 'either',
      query: Paging,
      answers: { 200: listOf(InvoiceView) },
      limit: json,
      uses: { accounts: ['read'] },
    },
    'GET /v1/invoices/preview': {
      does: 'preview-invoice',
      summary: 'The invoice as it would be if the running period were closed now',
      permission: 'invoices:read',
      scope: 'tenant',
      answers: { 200: InvoiceView, 404: Problem, 429: Problem },
      limit: settling,
      uses: { accounts: ['read'], usage: ['read', 'settle'], rollups: ['read'], turns: ['put', 'delete'] },
    },
    'GET /v1/invoices/{id}': {
      does: 'get-invoice',
      summary: 'An invoice',
      permission: 'invoices:read',
      scope: 'either',
      answers: { 200: InvoiceView, 404: Problem },
      limit: json,
      uses: { accounts: ['read'] },
    },
    'GET /v1/exports/focus/{file}': {
      does: 'get-focus-export',
      summary: "A closed period's costs in FOCUS 1.2, as yyyy-mm.csv or yyyy-mm.parquet: a tenant's own rows, the platform's all",
      permission: 'exports:read',
      scope: 'either',
      answers: {
        200: { media: 'application/octet-stream', describes: 'text/csv or application/vnd.apache.parquet' },
        307: Empty,
        404: Problem,
      },
      limit: long,
      uses: { accounts: ['read'], exports: ['read', 'put', 'presign'], exportWriter: ['put'] },
    },
    ...transferOfTables('billing', ['accounts', 'usage']),
    ...transferOfObjects('billing', ['exports']),
  },
  publishes: [planDefined, accountOpened, subscriptionChanged, usageSettled, invoiceIssued, periodClosing, periodClosed],
  subscribers: { 'tenant-created': { to: [tenantCreated], attempts: 8, uses: { accounts: ['get', 'append'] } } },
});
