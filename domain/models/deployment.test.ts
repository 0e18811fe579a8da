import { describe, expect, it } from 'vitest';
import { replay } from '../kernel/decider.ts';
import { specification } from '../kernel/specification.ts';
import { type DeploymentEvent, deployment, type Followed, refersTo } from './deployment.ts';

const spec = specification(deployment);
const at = '2026-01-01T00:00:00.000Z';
const endpoint = 'reader';
const release = (version: string) => ({
  version,
  artifact: `acme/sha256/${version}`,
  digest: `sha256:${version}`,
  sizeBytes: 3,
  signature: { inputs: [], outputs: [] },
});
const champion = (revision: number): Followed => ({ alias: 'champion', revision });
const request = (version: string, follows: Followed | null = null) =>
  ({ type: 'request', endpoint, at, model: 'digits', release: release(version), follows }) as const;
const requested = (version: string, generation: number, follows: Followed | null = null): DeploymentEvent => ({
  type: 'deployment-requested',
  endpoint,
  generation,
  model: 'digits',
  ...release(version),
  alias: follows?.alias ?? null,
  aliasRevision: follows?.revision ?? null,
  at,
});
const about = (version: string, generation: number, alias: string | null = null) => ({
  endpoint,
  generation,
  model: 'digits',
  version,
  alias,
  at,
});
const deployed = (version: string, generation: number, alias: string | null = null): DeploymentEvent => ({
  type: 'model-deployed',
  ...about(version, generation, alias),
});
const refused = (version: string, generation: number, alias: string | null = null): DeploymentEvent => ({
  type: 'deployment-failed',
  ...about(version, generation, alias),
  reason: 'broken',
});
const ready = (generation: number) => ({ type: 'ready', endpoint, at, generation }) as const;
const fail = (generation: number) => ({ type: 'fail', endpoint, at, generation, reason: 'broken' }) as const;
const follow = (version: string, revision: number) =>
  ({ type: 'follow', endpoint, at, model: 'digits', alias: 'champion', current: { release: release(version), revision } }) as const;
const removed = (generation: number): DeploymentEvent => ({ type: 'endpoint-removed', endpoint, generation });

describe('a deployment', () => {
  it('is requested as the first generation of a new endpoint', () => spec.given().when(request('1')).then(requested('1', 1)));
  it('says nothing when what serves is requested again', () => spec.given(requested('1', 1), deployed('1', 1)).when(request('1')).then());
  it('says nothing when what is being deployed is requested again', () => spec.given(requested('1', 1)).when(request('1')).then());
  it('is requested again after it failed', () => spec.given(requested('1', 1), refused('1', 1)).when(request('1')).then(requested('1', 2)));
  it('is requested again where an alias shall be followed from now on', () =>
    spec
      .given(requested('1', 1), deployed('1', 1))
      .when(request('1', champion(1)))
      .then(requested('1', 2, champion(1))));
  it('serves once it is reported ready', () => spec.given(requested('1', 1)).when(ready(1)).then(deployed('1', 1)));
  it('ignores what is said of an older generation', () => spec.given(requested('1', 1), requested('2', 2)).when(ready(1)).then());
  it('says nothing when it is reported ready twice', () => spec.given(requested('1', 1), deployed('1', 1)).when(ready(1)).then());
  it('fails with the reason', () => spec.given(requested('1', 1)).when(fail(1)).then(refused('1', 1)));
  it('does not fail after it was ready', () => spec.given(requested('1', 1), deployed('1', 1)).when(fail(1)).then());
  it('may be ready after all', () => spec.given(requested('1', 1), refused('1', 1)).when(ready(1)).then(deployed('1', 1)));
});

describe('an endpoint', () => {
  it('serves the old version while the new one fails', () => {
    const state = replay(deployment, [requested('1', 1), deployed('1', 1), requested('2', 2), refused('2', 2)]);
    expect(state).toMatchObject({ status: 'failed', reason: 'broken', serving: { version: '1' }, target: { release: { version: '2' } } });
  });
  it('refers to what it serves and to what it shall serve', () => {
    const state = replay(deployment, [requested('1', 1), deployed('1', 1), requested('2', 2)]);
    expect(['1', '2', '3'].map((version) => refersTo(state, 'digits', { version }))).toEqual([true, true, false]);
  });
  it('refers to the alias it follows and to no other', () => {
    const state = replay(deployment, [requested('1', 1, champion(1))]);
    expect(['champion', 'shadow'].map((alias) => refersTo(state, 'digits', { alias }))).toEqual([true, false]);
  });
  it('is removed in a generation of its own', () => spec.given(requested('1', 1)).when({ type: 'remove', endpoint }).then(removed(2)));
  it('goes on counting generations after it was removed', () =>
    spec.given(requested('1', 1), removed(2)).when(request('1')).then(requested('1', 3)));
  it('cannot be removed where there is none', () => spec.given().when({ type: 'remove', endpoint }).fails('endpoint-not-found'));
  it('hears nothing of its past after it was removed', () => spec.given(requested('1', 1), removed(2)).when(ready(1)).then());
});

describe('an endpoint that follows an alias', () => {
  const serving = [requested('1', 1, champion(1)), deployed('1', 1, 'champion')];
  it('gets the version that the alias points to now', () =>
    spec
      .given(...serving)
      .when(follow('2', 2))
      .then(requested('2', 2, champion(2))));
  it('ignores a revision that it has passed', () =>
    spec
      .given(requested('2', 1, champion(2)))
      .when(follow('1', 1))
      .then());
  it('is not taken back by a request that read the alias earlier', () =>
    spec
      .given(requested('2', 1, champion(2)))
      .when(request('1', champion(1)))
      .then());
  it('does not follow another model', () =>
    spec
      .given(...serving)
      .when({ ...follow('2', 2), model: 'letters' })
      .then());
  it('catches up with an alias that moved while it was deploying', () =>
    spec
      .given(requested('1', 1, champion(1)))
      .when({ ...ready(1), current: { release: release('2'), revision: 2 } })
      .then(deployed('1', 1, 'champion'), requested('2', 2, champion(2))));
  it('catches up after a failure too', () =>
    spec
      .given(requested('1', 1, champion(1)))
      .when({ ...fail(1), current: { release: release('2'), revision: 2 } })
      .then(refused('1', 1, 'champion'), requested('2', 2, champion(2))));
});
