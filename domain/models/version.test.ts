import { describe, it } from 'vitest';
import { specification } from '../kernel/specification.ts';
import { modelVersion, type VersionEvent } from './version.ts';

const spec = specification(modelVersion);
const named = { model: 'digits', version: '1' };
const registration = {
  ...named,
  artifact: 'acme/sha256/ab',
  digest: 'sha256:ab',
  sizeBytes: 3,
  signature: { inputs: [], outputs: [] },
  reference: 'r1',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'ada',
};
const registered: VersionEvent = { type: 'version-registered', ...registration };
const begun: VersionEvent = { type: 'version-deletion-begun', ...named };
const deleted: VersionEvent = { type: 'version-deleted', ...named, digest: 'sha256:ab', reference: 'r1' };

describe('a version of a model', () => {
  it('is registered with its bytes and its signature', () =>
    spec
      .given()
      .when({ type: 'register', ...registration })
      .then(registered));
  it('never changes', () =>
    spec
      .given(registered)
      .when({ type: 'register', ...registration })
      .fails('version-exists'));
  it('does not give its number to another one when it is deleted', () =>
    spec
      .given(registered, begun, deleted)
      .when({ type: 'register', ...registration })
      .fails('version-exists'));
  it('begins to be deleted', () =>
    spec
      .given(registered)
      .when({ type: 'begin-deletion', ...named })
      .then(begun));
  it('says nothing when its deletion is asked for again', () =>
    spec
      .given(registered, begun)
      .when({ type: 'begin-deletion', ...named })
      .then());
  it('is ready again when its deletion is taken back', () =>
    spec
      .given(registered, begun, { type: 'version-deletion-cancelled', ...named })
      .when({ type: 'complete-deletion', ...named })
      .fails('deletion-not-begun'));
  it('names its hold on the bytes when it goes', () =>
    spec
      .given(registered, begun)
      .when({ type: 'complete-deletion', ...named })
      .then(deleted));
  it('goes once', () =>
    spec
      .given(registered, begun, deleted)
      .when({ type: 'complete-deletion', ...named })
      .then());
  it('stays gone where another one takes the deletion back too late', () =>
    spec
      .given(registered, begun, deleted)
      .when({ type: 'cancel-deletion', ...named })
      .then());
  it('cannot be deleted after it is gone', () =>
    spec
      .given(registered, begun, deleted)
      .when({ type: 'begin-deletion', ...named })
      .fails('version-not-found'));
});
