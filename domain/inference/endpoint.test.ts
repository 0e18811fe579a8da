import { describe, it } from 'vitest';
import { specification } from '../kernel/specification.ts';
import { type Deployment, type EndpointEvent, endpoint } from './endpoint.ts';

const spec = specification(endpoint);
const deployment = (generation: number): Deployment => ({
  endpoint: 'digits',
  generation,
  model: 'digits',
  version: String(generation),
  artifact: `acme/sha256/${generation}`,
  sizeBytes: 10,
  signature: { inputs: [], outputs: [] },
});
const ready = (generation: number): EndpointEvent => ({ type: 'endpoint-ready', ...deployment(generation) });
const failed = (generation: number): EndpointEvent => ({
  type: 'endpoint-failed',
  endpoint: 'digits',
  generation,
  version: String(generation),
  reason: 'broken',
});
const stopped = (generation: number): EndpointEvent => ({ type: 'endpoint-stopped', endpoint: 'digits', generation });

describe('an endpoint', () => {
  it('serves what became ready', () =>
    spec
      .given()
      .when({ type: 'ready', deployment: deployment(1) })
      .then(ready(1)));
  it('serves the newer deployment', () =>
    spec
      .given(ready(1))
      .when({ type: 'ready', deployment: deployment(2) })
      .then(ready(2)));
  it('says nothing when a delivery comes twice', () =>
    spec
      .given(ready(1))
      .when({ type: 'ready', deployment: deployment(1) })
      .then());
  it('says nothing of an older deployment that comes late', () =>
    spec
      .given(ready(3))
      .when({ type: 'ready', deployment: deployment(2) })
      .then());
  it('tells of a deployment that failed', () =>
    spec
      .given(ready(1))
      .when({ type: 'fail', deployment: deployment(2), reason: 'broken' })
      .then(failed(2)));
  it('goes on after a failure', () =>
    spec
      .given(ready(1), failed(2))
      .when({ type: 'ready', deployment: deployment(3) })
      .then(ready(3)));
  it('stops', () => spec.given(ready(1)).when({ type: 'stop', endpoint: 'digits', generation: 2 }).then(stopped(2)));
  it('stays stopped when its last deployment comes late', () =>
    spec
      .given(ready(1), stopped(3))
      .when({ type: 'ready', deployment: deployment(2) })
      .then());
});
