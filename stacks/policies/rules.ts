import type { GraphRule, ResourceRule } from './rule.ts';
import { ofAccess } from './rules/access.ts';
import { ofAzureAccess } from './rules/azure/access.ts';
import { ofAzureData, ofAzureStorage } from './rules/azure/data.ts';
import { ofAzureDelivery } from './rules/azure/delivery.ts';
import { ofAzureQuotas, ofAzureRunning } from './rules/azure/running.ts';
import { ofAzureTables } from './rules/azure/tables.ts';
import { ofBuckets } from './rules/buckets.ts';
import { ofData } from './rules/data.ts';
import { ofDelivery } from './rules/delivery.ts';
import { ofDocuments } from './rules/documents.ts';
import { ofEdges } from './rules/edges.ts';
import { ofGcpAccess } from './rules/gcp/access.ts';
import { ofGcpData } from './rules/gcp/data.ts';
import { ofGcpDelivery } from './rules/gcp/delivery.ts';
import { ofGcpRunning } from './rules/gcp/running.ts';
import { ofKinds } from './rules/kinds.ts';
import { ofNetwork } from './rules/network.ts';
import { ofQuotas } from './rules/quotas.ts';
import { ofRunning } from './rules/running.ts';

/** The rules of every stack: what `infra-tests` proves about graphs, the policy pack asks of each update. */
export const resourceRules: readonly ResourceRule[] = [
  ...ofKinds,
  ...ofData,
  ...ofAccess,
  ...ofDocuments,
  ...ofNetwork,
  ...ofRunning,
  ...ofAzureData,
  ...ofAzureAccess,
  ...ofAzureRunning,
  ...ofGcpData,
  ...ofGcpAccess,
  ...ofGcpRunning,
];
export const graphRules: readonly GraphRule[] = [
  ...ofBuckets,
  ...ofDelivery,
  ...ofEdges,
  ...ofQuotas,
  ...ofAzureTables,
  ...ofAzureStorage,
  ...ofAzureDelivery,
  ...ofAzureQuotas,
  ...ofGcpDelivery,
];
