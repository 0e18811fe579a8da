import { describe, expect, it } from 'vitest';
import type { AzureCloud } from '../../functions/entries/azure/cloud.ts';
import { rejection } from '../conformance/harness.ts';
import { inspectingModels, openCloud, openCloudWith } from './index.ts';

const model = { artifact: 'a', sizeBytes: 1, signature: { inputs: [], outputs: [] }, name: 'e', version: '1' };
async function* noRows(): AsyncGenerator<never> {}

describe('the ports on Azure', () => {
  it('are what the entries ask for, and opened without asking anything of anybody', () => {
    const cloud: AzureCloud = openCloud({});
    expect(Object.keys(cloud)).toContain('doorbell');
  });
  it('say which variable is missing when they are used, and not before', async () => {
    const cloud = openCloud({ HYBRID_COSMOS_ENDPOINT: 'https://a.invalid', HYBRID_COSMOS_DATABASE: 'd' });
    const refused = { failure: 'unavailable', code: 'resource-unknown' };
    expect(await rejection(cloud.table('models.registry', {}).get({ pk: 'a', sk: 'b' }))).toEqual(refused);
    expect(await rejection(cloud.objects('models.artifacts').head('a'))).toEqual(refused);
    expect(await rejection(cloud.queue('models.jobs').send([]))).toEqual(refused);
    expect(await rejection(cloud.bus.publish([]))).toEqual(refused);
    expect(await rejection(cloud.secrets('models').get('key'))).toEqual(refused);
    expect(await rejection(cloud.deadLetters.get('a'))).toEqual(refused);
    expect(await rejection(cloud.doorbell.changesAfter('models.registry', 'a', undefined, 1))).toEqual(refused);
    expect(await rejection(cloud.poison('models-jobs', '{}'))).toEqual(refused);
    await expect(cloud.objects('models.artifacts').head('a')).rejects.toThrow('HYBRID_OBJECTS_MODELS_ARTIFACTS');
  });

  it('open no models and write no exports where the code for it was left out, and free none', async () => {
    const { modelHost, exportWriter, objects } = openCloudWith({})({});
    const models = [modelHost.inspect('a'), modelHost.load(model), modelHost.invoke(model, new Uint8Array(0), 1)];
    expect(await Promise.all(models.map(rejection))).toEqual(models.map(() => ({ failure: 'unavailable', code: 'models-elsewhere' })));
    const put = exportWriter.put(noRows(), objects('billing.exports'), { csv: 'a', parquet: 'b' });
    expect(await rejection(put)).toEqual({ failure: 'unavailable', code: 'exports-elsewhere' });
    await modelHost.remove(model);
  });

  it('look into models without running them where only that is needed', async () => {
    const { modelHost } = openCloudWith(inspectingModels)({});
    expect(await rejection(modelHost.inspect('a'))).toEqual({ failure: 'unavailable', code: 'resource-unknown' });
    expect(await rejection(modelHost.load(model))).toEqual({ failure: 'unavailable', code: 'models-elsewhere' });
  });
});
