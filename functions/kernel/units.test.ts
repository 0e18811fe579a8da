import { describe, expect, it } from 'vitest';
import { isFailure, Rejected } from '../../domain/kernel/failure.ts';
import { accessDenied, accessGranted } from '../../events/identity.ts';
import { contexts } from '../contexts.ts';
import { inference } from '../inference/context.ts';
import { context } from './context.ts';
import { qualifiedName, resourceVariable, tableOf } from './resources.ts';
import { cloudRoutes, type FunctionUnit, greedyPaths, unitsOf } from './units.ts';

const perContext = unitsOf(contexts, 'context');
const single = unitsOf(contexts, 'single');
const singleApart = unitsOf(contexts, 'single', { apart: true });
const unitNamed = (name: string): FunctionUnit => perContext.find((unit) => unit.name === name) as FunctionUnit;
const grantsOf = ({ grants }: Pick<FunctionUnit, 'grants'>) =>
  Object.fromEntries(grants.map(({ resource, verbs }) => [`${resource.kind} ${qualifiedName(resource)}`, verbs]));
const allGrants = (units: readonly FunctionUnit[]) =>
  [
    ...new Set(
      units.flatMap(({ grants }) => grants.flatMap(({ resource, verbs }) => verbs.map((verb) => `${resourceVariable(resource)} ${verb}`))),
    ),
  ].sort();

describe('the functions of a cloud', () => {
  it('are one for each context and kind of trigger that it has', () =>
    expect(perContext.filter(({ name }) => name.startsWith('models-')).map(({ name }) => name)).toEqual([
      'models-http',
      'models-events',
      'models-changes',
      'models-schedules',
    ]));
  it('are one for each kind of trigger where all contexts share them', () =>
    // The first context with a queue brings one more.
    expect(singleApart.map(({ name }) => name).filter((name) => name !== 'all-queues')).toEqual([
      'all-http',
      'all-predictions',
      'all-transfers',
      'all-events',
      'all-changes',
      'all-schedules',
      'all-dead-letters',
      'all-trials',
    ]));
  it('are nobody else’s where a context has native code in them', () => {
    const withNative = perContext.filter(({ name }) => /^(models|inference|billing)-/.test(name));
    expect(single.filter(({ name }) => !name.startsWith('all-'))).toEqual(withNative);
    expect(single.filter(({ name, native }) => name.startsWith('all-') && native.length > 0)).toEqual([]);
  });
  it('may touch the same in both topologies, taken together', () => expect(allGrants(single)).toEqual(allGrants(perContext)));
  it('have names of their own', () => expect(new Set(perContext.map(({ name }) => name)).size).toBe(perContext.length));
  it('carry native libraries only where they are used', () =>
    expect(Object.fromEntries(perContext.filter(({ native }) => native.length > 0).map(({ name, native }) => [name, native]))).toEqual({
      'models-http': ['onnxruntime'],
      'inference-http': ['onnxruntime'],
      'inference-events': ['onnxruntime'],
      'billing-http': ['duckdb'],
    }));
});

describe('what a function may touch', () => {
  it('is what it declares and what the frame around it needs, and nothing else', () =>
    expect(grantsOf(unitNamed('observability-events'))).toEqual({
      'table observability.audit': ['put'],
      'objects platform.large-events': ['read'],
    }));
  it('is to publish what its own context says, and of a function of requests who was let in or not', () => {
    const said = (name: string) => unitNamed(name).grants.find(({ verbs }) => verbs.includes('publish'))?.events;
    expect(said('inference-http')).toEqual([accessDenied.type, accessGranted.type]);
    expect(said('inference-changes')).toEqual(inference.publishes.map(({ type }) => type));
  });
  it('is nothing for a function whose routes are all public', () => expect(grantsOf(unitNamed('platform-http'))).toEqual({}));
  it('lets the consumers of changes tell that they have settled', () =>
    expect(grantsOf(unitNamed('billing-changes'))['table billing.usage']).toEqual(['acknowledge']));
  it('is refused where nobody declares it', () => {
    const broken = context('broken', {
      describes: 'Uses what is not there',
      queues: {},
      schedules: { often: { everySeconds: 60, uses: { nothing: ['read'] } } },
    });
    const refused = (() => {
      try {
        return unitsOf([broken], 'context');
      } catch (error) {
        return error instanceof Rejected ? error.failure : error;
      }
    })();
    expect(isFailure(refused) && refused.code).toBe('unknown-resource');
  });
});

const apart = unitsOf(contexts, 'context', { apart: true });
const named = (name: string): FunctionUnit => apart.find((unit) => unit.name === name) as FunctionUnit;

describe('whole tables', () => {
  it('are read by functions that do nothing else', () => {
    const reading = apart.filter(({ grants }) => grants.some(({ verbs }) => verbs.includes('scan'))).map(({ name }) => name);
    expect(reading).toEqual(['identity', 'models', 'inference', 'billing', 'observability'].map((context) => `${context}-transfers`));
    expect(greedyPaths(named('billing-transfers'))).toEqual(['/v1/billing-transfer', '/v1/billing-transfer/{proxy+}']);
  });
  it('add nothing to what answers other requests: usage is put by predictions, and the trail by what hears events', () => {
    expect(grantsOf(named('billing-http'))['table billing.usage']).toEqual(['read', 'settle']);
    expect(grantsOf(named('inference-http'))['table inference.endpoints']).toEqual(['get']);
  });
});

describe('a function that opens models', () => {
  it.each([true, false])(
    'gets items of identity’s directory at most: who breaks out of a model makes himself no key; apart: %s',
    (isApart) => {
      const opening = unitsOf(contexts, 'context', { apart: isApart }).filter(({ native }) => native.includes('onnxruntime'));
      const verbs = opening.flatMap((unit) => grantsOf(unit)['table identity.directory'] ?? []);
      expect(opening).not.toEqual([]);
      expect([...new Set(verbs)]).toEqual(['get']);
    },
  );
});

describe('models that are tried apart', () => {
  it('are opened by a function that may touch nothing', () => {
    expect(named('models-trials')).toMatchObject({ trigger: 'trials', grants: [], native: ['onnxruntime'] });
    expect(apart.filter(({ trigger }) => trigger === 'trials').map(({ name }) => name)).toEqual(['models-trials']);
  });
  it('are opened by nobody else who does not run them', () =>
    expect(apart.filter(({ native }) => native.includes('onnxruntime')).map(({ name }) => name)).toEqual([
      'models-trials',
      'inference-predictions',
    ]));
  it('are run by a function that answers predictions and nothing else', () => {
    expect(greedyPaths(named('inference-predictions'))).toEqual([
      '/v2/models/{endpoint}/infer',
      '/v2/models/{endpoint}/versions/{version}/infer',
    ]);
    expect(grantsOf(named('inference-predictions'))).toEqual({
      'table inference.endpoints': ['get'],
      'objects models.artifacts': ['read'],
      'table billing.usage': ['put'],
      'table identity.directory': ['get'],
      'table platform.last-uses': ['put'],
      'bus bus': ['publish'],
      'objects platform.large-events': ['put'],
    });
    expect(named('inference-predictions').grants.find(({ verbs }) => verbs.includes('publish'))?.events).toEqual([accessDenied.type]);
    expect(grantsOf(named('inference-http'))['objects models.artifacts']).toBeUndefined();
  });
  it('leave every path of a gateway to one function in both topologies', () => {
    const paths = apart.flatMap(greedyPaths);
    expect(new Set(paths).size).toBe(paths.length);
    expect(singleApart.flatMap(greedyPaths).sort()).toEqual([...paths].sort());
  });
  it('may be had tried by who registers or deploys them', () =>
    expect(apart.filter((unit) => grantsOf(unit)['function models.trials'] !== undefined).map(({ name }) => name)).toEqual([
      'models-http',
      'inference-events',
    ]));
  it('are so in both topologies', () => expect(allGrants(singleApart)).toEqual(allGrants(apart)));
});

describe('the paths of a gateway', () => {
  it('lead everything below a collection to one function', () =>
    expect(greedyPaths(unitNamed('models-http'))).toEqual(
      expect.arrayContaining(['/v1/models', '/v1/models/{proxy+}', '/v1/endpoints', '/v1/endpoints/{proxy+}']),
    ));
  it('are nobody’s twice, so that a context can be moved to a function of its own and back', () => {
    const paths = perContext.flatMap(greedyPaths);
    expect(new Set(paths).size).toBe(paths.length);
    expect(single.flatMap(greedyPaths).sort()).toEqual([...paths].sort());
  });
  it('leave presigned objects to the object store of the cloud', () => {
    const platform = contexts.find(({ name }) => name === 'platform');
    expect(cloudRoutes(platform as never).some(([key]) => key.includes('/objects/'))).toBe(false);
  });
});

describe('the name under which a function finds a resource', () => {
  it('says what it is and whose', () => expect(resourceVariable(tableOf('models', 'registry'))).toBe('HYBRID_TABLE_MODELS_REGISTRY'));
});
