import { describe, expect, it } from 'vitest';
import type { AzureCloud } from '../../functions/entries/azure/cloud.ts';
import { rejection } from '../conformance/harness.ts';
import { sparesWhatIsHeavy } from '../conformance/spared-ports.ts';
import { inspectingModels, openCloud, openCloudWith } from './index.ts';

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
    expect(await rejection(cloud.doorbell.reading('models.registry', 'a')(undefined, 1))).toEqual(refused);
    expect(await rejection(cloud.poison('models-jobs', '{}'))).toEqual(refused);
    await expect(cloud.objects('models.artifacts').head('a')).rejects.toThrow('HYBRID_OBJECTS_MODELS_ARTIFACTS');
  });

  sparesWhatIsHeavy(
    () => openCloudWith({})({}),
    () => openCloudWith(inspectingModels)({}),
  );
});
