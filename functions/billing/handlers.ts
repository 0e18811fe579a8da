import type { HandlersOf } from '../kernel/handler.ts';
import { objectTransfer, tableTransfer } from '../kernel/transfer/handlers.ts';
import { changeSubscription } from './change-subscription.ts';
import { closePeriod } from './close-period.ts';
import type { billing } from './context.ts';
import { definePlan } from './define-plan.ts';
import { foldUsage } from './fold-usage.ts';
import { getFocusExport } from './get-focus-export.ts';
import { getInvoice } from './get-invoice.ts';
import { getPlan } from './get-plan.ts';
import { getSubscription } from './get-subscription.ts';
import { getUsage } from './get-usage.ts';
import { listInvoices } from './list-invoices.ts';
import { listPlans } from './list-plans.ts';
import { onTenantCreated } from './on-tenant-created.ts';
import { previewInvoice } from './preview-invoice.ts';
import { verifyPeriod } from './verify-period.ts';

export const handlers: HandlersOf<typeof billing> = {
  'get-usage': getUsage,
  'define-plan': definePlan,
  'list-plans': listPlans,
  'get-plan': getPlan,
  'change-subscription': changeSubscription,
  'get-subscription': getSubscription,
  'close-period': closePeriod,
  'verify-period': verifyPeriod,
  'list-invoices': listInvoices,
  'preview-invoice': previewInvoice,
  'get-invoice': getInvoice,
  'get-focus-export': getFocusExport,
  ...tableTransfer,
  ...objectTransfer,
};

export const subscribers = { 'tenant-created': onTenantCreated };

/** Consumers of the change streams of this context's tables, by table and consumer. */
export const changes = { usage: { 'fold-usage': foldUsage } };
