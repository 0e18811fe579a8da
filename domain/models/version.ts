import type { Decider } from '../kernel/decider.ts';
import { failed } from '../kernel/failure.ts';
import { deletionNotBegun, type ModelsFailure, versionNotFound } from './failures.ts';
import type { Release } from './release.ts';

/** A version as it was registered. `reference` names its hold on the artifact, which versions of the same bytes share. */
export type Registration = Release & {
  readonly model: string;
  readonly reference: string;
  readonly createdAt: string;
  readonly createdBy: string;
};

/**
 * One immutable version of a model. It is deleted in two steps, so that it cannot vanish under an alias or an endpoint that is given it at the
 * same moment: while it is `deleting` nothing new may refer to it, and whoever finds it in use after all takes the deletion back.
 */
export type ModelVersion =
  | { readonly status: 'absent' }
  | { readonly status: 'deleted' }
  | ({ readonly status: 'ready' | 'deleting' } & Registration);

type Named = { readonly model: string; readonly version: string };

export type VersionCommand =
  | ({ readonly type: 'register' } & Registration)
  | ({ readonly type: 'begin-deletion' | 'cancel-deletion' | 'complete-deletion' } & Named);

export type VersionEvent =
  | ({ readonly type: 'version-registered' } & Registration)
  | ({ readonly type: 'version-deletion-begun' | 'version-deletion-cancelled' } & Named)
  | ({ readonly type: 'version-deleted'; readonly digest: string; readonly reference: string } & Named);

export const modelVersion: Decider<ModelVersion, VersionCommand, VersionEvent, ModelsFailure> = {
  initial: { status: 'absent' },
  decide(command, state) {
    const named = { model: command.model, version: command.version };
    switch (command.type) {
      case 'register':
        return state.status === 'absent' ? [{ ...command, type: 'version-registered' }] : versionExists(command);
      case 'begin-deletion':
        if (state.status === 'deleting') return [];
        return state.status === 'ready' ? [{ type: 'version-deletion-begun', ...named }] : versionNotFound(command.model, command.version);
      case 'cancel-deletion':
        return state.status === 'deleting' ? [{ type: 'version-deletion-cancelled', ...named }] : [];
      case 'complete-deletion':
        if (state.status === 'absent') return versionNotFound(command.model, command.version);
        if (state.status === 'ready') return deletionNotBegun();
        return state.status === 'deleted' ? [] : [{ type: 'version-deleted', ...named, digest: state.digest, reference: state.reference }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'version-registered': {
        const { type: _, ...registration } = event;
        return { status: 'ready', ...registration };
      }
      case 'version-deletion-begun':
        return state.status === 'ready' ? { ...state, status: 'deleting' } : state;
      case 'version-deletion-cancelled':
        return state.status === 'deleting' ? { ...state, status: 'ready' } : state;
      case 'version-deleted':
        return { status: 'deleted' };
    }
  },
};

const versionExists = ({ model, version }: Named): ModelsFailure =>
  failed('conflict', 'version-exists', `The model "${model}" has a version "${version}" already; a version never changes.`);

/** What has to be loaded to serve a version. */
export const releaseOf = ({ version, artifact, digest, sizeBytes, signature }: Registration): Release => ({
  version,
  artifact,
  digest,
  sizeBytes,
  signature,
});
