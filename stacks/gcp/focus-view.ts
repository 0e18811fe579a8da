import { type FocusColumn, focusColumns } from '../../domain/billing/focus.ts';

const nothing = (type: string) => `CAST(NULL AS ${type})`;
const credits = '(SELECT IFNULL(SUM(CAST(c.amount AS NUMERIC)), 0) FROM UNNEST(credits) AS c)';
const billed = `(CAST(cost AS NUMERIC) + ${credits})`;
const month = "PARSE_DATE('%Y%m', invoice.month)";

/**
 * What each column of FOCUS is in Cloud Billing's detailed export:
 * https://cloud.google.com/billing/docs/how-to/export-data-bigquery-tables/detailed-usage. Where Google says nothing, neither does the view.
 */
const expressions: { readonly [C in FocusColumn]: string } = {
  BilledCost: billed,
  BillingAccountId: 'billing_account_id',
  BillingAccountName: nothing('STRING'),
  BillingCurrency: 'currency',
  BillingPeriodEnd: `TIMESTAMP(DATE_ADD(${month}, INTERVAL 1 MONTH))`,
  BillingPeriodStart: `TIMESTAMP(${month})`,
  ChargeCategory: "CASE cost_type WHEN 'regular' THEN 'Usage' WHEN 'tax' THEN 'Tax' ELSE 'Adjustment' END",
  ChargeClass: "IF(adjustment_info.id IS NULL, NULL, 'Correction')",
  ChargeDescription: 'sku.description',
  ChargeFrequency: "'Usage-Based'",
  ChargePeriodEnd: 'usage_end_time',
  ChargePeriodStart: 'usage_start_time',
  ConsumedQuantity: 'CAST(usage.amount AS NUMERIC)',
  ConsumedUnit: 'usage.unit',
  ContractedCost: 'CAST(cost AS NUMERIC)',
  ContractedUnitPrice: 'CAST(price.effective_price AS NUMERIC)',
  EffectiveCost: billed,
  InvoiceId: nothing('STRING'),
  InvoiceIssuerName: "IFNULL(seller_name, 'Google Cloud')",
  ListCost: 'CAST(cost_at_list AS NUMERIC)',
  ListUnitPrice: 'CAST(SAFE_DIVIDE(cost_at_list, usage.amount_in_pricing_units) AS NUMERIC)',
  PricingCategory: "'Standard'",
  PricingQuantity: 'CAST(usage.amount_in_pricing_units AS NUMERIC)',
  PricingUnit: 'usage.pricing_unit',
  ProviderName: "'Google Cloud'",
  PublisherName: "IFNULL(seller_name, 'Google Cloud')",
  ServiceCategory:
    "CASE service.description WHEN 'Cloud Run' THEN 'Compute' WHEN 'Cloud Run Functions' THEN 'Compute' WHEN 'Cloud Firestore' THEN 'Databases' " +
    "WHEN 'Cloud Storage' THEN 'Storage' WHEN 'Cloud Pub/Sub' THEN 'Integration' WHEN 'Cloud Scheduler' THEN 'Integration' " +
    "WHEN 'Cloud Tasks' THEN 'Integration' WHEN 'Cloud Logging' THEN 'Management and Governance' " +
    "WHEN 'Cloud Monitoring' THEN 'Management and Governance' WHEN 'Secret Manager' THEN 'Security' " +
    "WHEN 'Cloud Key Management Service (KMS)' THEN 'Security' WHEN 'Networking' THEN 'Networking' WHEN 'BigQuery' THEN 'Analytics' ELSE 'Other' END",
  ServiceName: 'service.description',
  ServiceSubcategory: nothing('STRING'),
  SkuId: 'sku.id',
  SkuMeter: 'sku.description',
  SkuPriceDetails: nothing('STRING'),
  SkuPriceId: 'sku.id',
};

/** What Google knows beside: which project, where, and what it was for. */
const ofGoogle = {
  SubAccountId: 'project.id',
  RegionId: 'location.region',
  ResourceId: 'resource.name',
  Tags: 'TO_JSON_STRING(labels)',
};

/** The costs of one project as FOCUS, out of the table that Cloud Billing exports to. */
export const focusQuery = (billingTable: string, project: string): string => {
  const columns = [...focusColumns.map(({ name }) => [name, expressions[name]] as const), ...Object.entries(ofGoogle)];
  const selected = columns.map(([name, expression]) => `  ${expression} AS ${name}`).join(',\n');
  return `SELECT\n${selected}\nFROM \`${billingTable}\`\nWHERE project.id = '${project}'`;
};

const types = { decimal: 'BIGNUMERIC', text: 'STRING', time: 'TIMESTAMP' } as const;

/** The columns of the platform's own rows, as BigQuery reads them. */
export const billedSchema = JSON.stringify(focusColumns.map(({ name, type }) => ({ name, type: types[type], mode: 'NULLABLE' })));
