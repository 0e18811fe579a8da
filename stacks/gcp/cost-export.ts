import { Dataset, type DatasetArgs } from '@pulumi/gcp/bigquery/dataset.js';
import { Table as QueryTable, type TableArgs as QueryTableArgs } from '@pulumi/gcp/bigquery/table.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { type TransformEach, transformed } from '../component.ts';
import { contextLabel } from './component.ts';
import { billedSchema, focusQuery } from './focus-view.ts';

export type CostExportArgs = {
  readonly stack: string;
  readonly project: string;
  readonly region: string;
  /** Cloud Billing's own export, which only a person can switch on; without it there is no view of Google's costs. */
  readonly billingTable?: string | undefined;
  /** The bucket with what the platform bills its tenants. */
  readonly platformExports: Input<string>;
  readonly transform?: TransformEach<{ dataset: DatasetArgs; billed: QueryTableArgs; costs: QueryTableArgs }> | undefined;
};

/** What Google charges for the project, as FOCUS, and what the platform charges its tenants, with the same columns: one query sees both. */
export class CostExport extends ComponentResource {
  readonly datasetId: Output<string>;

  constructor(name: string, args: CostExportArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:CostExport', name, {}, options);
    const within = { parent: this };
    const { region, billingTable, transform = {} } = args;
    const made: DatasetArgs = {
      // SQL would want a name with dashes in quotes.
      datasetId: `hybrid_${args.stack.replaceAll('-', '_')}`,
      description: 'Costs and what tenants are billed, as FOCUS',
      location: region,
      labels: contextLabel('billing'),
    };
    const { datasetId } = new Dataset(`${name}-dataset`, transformed(made, transform.dataset), within);
    new QueryTable(`${name}-billed`, transformed(billedOf(datasetId, args.platformExports), transform.billed), within);
    if (billingTable !== undefined) {
      const view = { query: focusQuery(billingTable, args.project), useLegacySql: false };
      new QueryTable(`${name}-costs`, transformed<QueryTableArgs>({ ...tableOf(datasetId, 'costs'), view }, transform.costs), within);
    }
    this.datasetId = datasetId;
    this.registerOutputs({ datasetId: this.datasetId });
  }
}

/** Neither a view nor an external table holds anything that a deletion could lose. */
const tableOf = (datasetId: Output<string>, tableId: string) => ({ datasetId, tableId, deletionProtection: false });

const billedOf = (datasetId: Output<string>, bucket: Input<string>): QueryTableArgs => {
  return {
    ...tableOf(datasetId, 'billed'),
    externalDataConfiguration: {
      // Of Parquet BigQuery takes no schema, and finds none before there is a file; of CSV it takes one (REST reference, ExternalDataConfiguration).
      sourceFormat: 'CSV',
      // All months: their folders are no partitions, as BigQuery looks for those in files, and on the first day there are none.
      sourceUris: [interpolate`gs://${bucket}/${platformTenant}/focus/csv/*.csv`],
      autodetect: false,
      schema: billedSchema,
      csvOptions: { quote: '"', skipLeadingRows: 1, allowQuotedNewlines: true },
    },
  };
};
