import { describe, expect, it } from 'vitest';
import type { Records } from '../provider/records.ts';
import type { Properties } from '../provider/values.ts';
import { recorded } from './recorded.ts';

const project = { id: 'hybrid-test', number: '123456789012', region: 'europe-west1' };
const scene = { urn: 'urn', folder: '.' };
const table = 'gcp:bigquery/table:Table';

const external = (sourceFormat: string, more: Properties = {}): Properties => ({
  datasetId: 'costs',
  tableId: 'billed',
  externalDataConfiguration: {
    sourceFormat,
    sourceUris: ['gs://exports/csv/*.csv'],
    autodetect: false,
    schema: '[{"name":"BilledCost","type":"BIGNUMERIC","mode":"NULLABLE"}]',
    csvOptions: { quote: '"', skipLeadingRows: 1 },
    ...more,
  },
});
const dashboard = (second: number): Properties => {
  const tile = (xPos: number) => {
    const timeSeriesFilter = {
      filter: 'metric.type = "run.googleapis.com/request_count" AND resource.type = "cloud_run_revision"',
      aggregation: { alignmentPeriod: '300s', perSeriesAligner: 'ALIGN_RATE', crossSeriesReducer: 'REDUCE_SUM', groupByFields: [] },
    };
    const xyChart = { dataSets: [{ timeSeriesQuery: { timeSeriesFilter }, plotType: 'LINE' }] };
    return { width: 24, height: 16, xPos, yPos: 0, widget: { title: 'Requests', xyChart } };
  };
  return { dashboardJson: JSON.stringify({ displayName: 'one', mosaicLayout: { columns: 48, tiles: [tile(0), tile(second)] } }) };
};

describe('what is only recorded', () => {
  it('is refused where Google would not take it', async () => {
    const records: Records = new Map();
    const create = (type: string, inputs: Properties) => recorded(type, records, project).create(inputs, scene);
    await expect(create(table, external('CSV'))).rejects.toThrow('projects/hybrid-test/datasets/costs is not there');
    const { id } = await create('gcp:bigquery/dataset:Dataset', { datasetId: 'costs', location: 'europe-west1' });
    await expect(create(table, external('PARQUET'))).rejects.toThrow('400');
    const hivePartitioningOptions = { mode: 'AUTO', sourceUriPrefix: 'gs://exports/csv/' };
    await expect(create(table, external('CSV', { hivePartitioningOptions }))).rejects.toThrow('400');
    await create(table, external('CSV'));
    await expect(create(table, external('CSV'))).rejects.toThrow('409');
    expect([...records.keys()]).toEqual([id, `${id}/tables/billed`]);
    await create('gcp:monitoring/dashboard:Dashboard', dashboard(24));
    for (const at of [23, 25]) await expect(create('gcp:monitoring/dashboard:Dashboard', dashboard(at))).rejects.toThrow('400');
  });
});
