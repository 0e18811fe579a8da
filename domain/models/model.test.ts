import { describe, it } from 'vitest';
import { specification } from '../kernel/specification.ts';
import { type ModelEvent, model } from './model.ts';

const spec = specification(model);
const name = { model: 'digits' };
const created: ModelEvent = {
  type: 'model-created',
  ...name,
  description: 'Handwriting',
  createdAt: '2026-01-01T00:00:00.000Z',
  createdBy: 'ada',
};
const begun: ModelEvent = { type: 'model-deletion-begun', ...name };
const create = { type: 'create', ...name, description: 'Handwriting', at: '2026-01-01T00:00:00.000Z', by: 'ada' } as const;

describe('a model', () => {
  it('is registered under its name', () => spec.given().when(create).then(created));
  it('cannot be registered twice', () => spec.given(created).when(create).fails('model-exists'));
  it('cannot be registered while the one before is being deleted', () => spec.given(created, begun).when(create).fails('model-exists'));
  it('begins to be deleted', () =>
    spec
      .given(created)
      .when({ type: 'begin-deletion', ...name })
      .then(begun));
  it('says nothing when its deletion is asked for again', () =>
    spec
      .given(created, begun)
      .when({ type: 'begin-deletion', ...name })
      .then());
  it('cannot be deleted where there is none', () =>
    spec
      .given()
      .when({ type: 'begin-deletion', ...name })
      .fails('model-not-found'));
  it('stays when its deletion is taken back', () =>
    spec
      .given(created, begun)
      .when({ type: 'cancel-deletion', ...name })
      .then({ type: 'model-deletion-cancelled', ...name }));
  it('is deleted once its deletion has begun', () =>
    spec
      .given(created, begun)
      .when({ type: 'complete-deletion', ...name })
      .then({ type: 'model-deleted', ...name }));
  it('is not deleted in one step', () =>
    spec
      .given(created)
      .when({ type: 'complete-deletion', ...name })
      .fails('deletion-not-begun'));
  it('is registered again under the name of a deleted one', () =>
    spec
      .given(created, begun, { type: 'model-deleted', ...name })
      .when(create)
      .then(created));
});
