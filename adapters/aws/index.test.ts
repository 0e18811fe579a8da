import { describe, expect, it } from 'vitest';
import type { AwsCloud } from '../../functions/entries/aws/cloud.ts';
import {
  bus,
  deadLetters,
  modelTrials,
  objectsOf,
  queueOf,
  resourceVariable,
  secretOf,
  tableOf,
} from '../../functions/kernel/resources.ts';
import { variableOf } from '../cloud/places.ts';
import { rejection } from '../conformance/harness.ts';
import { openCloud, openCloudWith } from './index.ts';

describe('AWS from the environment of a function', () => {
  it('names resources as the functions and the stacks do', () => {
    expect([
      variableOf('table', 'models.registry'),
      variableOf('objects', 'platform.large-events'),
      variableOf('queue', 'models.re-index'),
      variableOf('secret', 'identity'),
      variableOf('bus'),
      variableOf('dead-letters'),
      variableOf('function', 'models.trials'),
    ]).toEqual(
      [
        tableOf('models', 'registry'),
        objectsOf('platform', 'large-events'),
        queueOf('models', 're-index'),
        secretOf('identity'),
        bus,
        deadLetters,
        modelTrials,
      ].map(resourceVariable),
    );
  });

  it('opens with nothing in it, and says what is missing once that is used', async () => {
    const cloud: AwsCloud = openCloud({ AWS_REGION: 'eu-central-1' });
    const uses = [
      cloud.table('models.registry', { changes: true }).get({ pk: 'a', sk: 'b' }),
      cloud.objects('models.artifacts').get('a'),
      cloud
        .queue('models.chores', { attempts: 1, visibilitySeconds: 1, batchSize: 1, backoff: { baseSeconds: 1, maxSeconds: 1 } })
        .send([]),
      cloud.bus.publish([]),
      cloud.deadLetters.list({}),
      cloud.modelHost.inspect('a'),
    ];
    expect(await Promise.all(uses.map(rejection))).toEqual(uses.map(() => ({ failure: 'unavailable', code: 'resource-unknown' })));
  });

  it('opens no models where the code for it was left out, and frees none', async () => {
    const environment = { AWS_REGION: 'eu-central-1', HYBRID_OBJECTS_MODELS_ARTIFACTS: 'artifacts' };
    const { modelHost, tryModel } = openCloudWith({})(environment);
    const model = { artifact: 'a', sizeBytes: 1, signature: { inputs: [], outputs: [] }, name: 'e', version: '1' };
    const uses = [modelHost.inspect('a'), modelHost.load(model), modelHost.invoke(model, new Uint8Array(0), 1), tryModel({})];
    expect(await Promise.all(uses.map(rejection))).toEqual(uses.map(() => ({ failure: 'unavailable', code: 'models-elsewhere' })));
    await modelHost.remove(model);
  });
});
