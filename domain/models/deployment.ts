import type { Decider } from '../kernel/decider.ts';
import { endpointNotFound, type ModelsFailure } from './failures.ts';
import type { Release } from './release.ts';

/** The alias that an endpoint follows, and the revision of it (its stream's version) that the endpoint last heard of. */
export type Followed = { readonly alias: string; readonly revision: number };

/** What an endpoint shall serve. */
export type Target = { readonly model: string; readonly release: Release; readonly follows: Followed | null };

/**
 * What an endpoint serves and shall serve. Each request, and each removal, has a generation, one more than the one before; what is heard about
 * an older one is ignored. `serving` stays what it was until the requested version is ready, and also where that fails.
 */
export type Deployment =
  | { readonly status: 'absent'; readonly generation: number }
  | {
      readonly status: 'deploying' | 'ready' | 'failed';
      readonly endpoint: string;
      readonly generation: number;
      readonly target: Target;
      readonly reason: string | null;
      readonly serving: { readonly model: string; readonly version: string } | null;
      readonly createdAt: string;
      readonly updatedAt: string;
    };

/** Where the followed alias points by now. */
export type Current = { readonly release: Release; readonly revision: number };

export type DeploymentCommand =
  | ({ readonly type: 'request'; readonly endpoint: string; readonly at: string } & Target)
  | {
      readonly type: 'follow';
      readonly endpoint: string;
      readonly at: string;
      readonly model: string;
      readonly alias: string;
      readonly current: Current;
    }
  | { readonly type: 'ready'; readonly endpoint: string; readonly at: string; readonly generation: number; readonly current?: Current }
  | {
      readonly type: 'fail';
      readonly endpoint: string;
      readonly at: string;
      readonly generation: number;
      readonly reason: string;
      readonly current?: Current;
    }
  | { readonly type: 'remove'; readonly endpoint: string };

type About = {
  readonly endpoint: string;
  readonly generation: number;
  readonly model: string;
  readonly version: string;
  readonly alias: string | null;
};

export type DeploymentEvent =
  | ({ readonly type: 'deployment-requested'; readonly at: string; readonly aliasRevision: number | null } & About & Release)
  | ({ readonly type: 'model-deployed'; readonly at: string } & About)
  | ({ readonly type: 'deployment-failed'; readonly at: string; readonly reason: string } & About)
  | { readonly type: 'endpoint-removed'; readonly endpoint: string; readonly generation: number };

type Present = Exclude<Deployment, { readonly status: 'absent' }>;

export const deployment: Decider<Deployment, DeploymentCommand, DeploymentEvent, ModelsFailure> = {
  initial: { status: 'absent', generation: 0 },
  decide(command, state) {
    if (state.status === 'absent') return onAbsent(command, state.generation);
    switch (command.type) {
      case 'request':
        return isServed(command, state) ? [] : [requested(command, state.generation, command)];
      case 'follow':
        return follow(command, state, state.generation);
      case 'ready':
      case 'fail':
        return command.generation === state.generation ? report(command, state) : [];
      case 'remove':
        return [{ type: 'endpoint-removed', endpoint: command.endpoint, generation: state.generation + 1 }];
    }
  },
  evolve(state, event) {
    switch (event.type) {
      case 'deployment-requested':
        return onRequested(event, state);
      case 'model-deployed':
        if (state.status === 'absent') return state;
        return { ...state, status: 'ready', reason: null, serving: { model: event.model, version: event.version }, updatedAt: event.at };
      case 'deployment-failed':
        return state.status === 'absent' ? state : { ...state, status: 'failed', reason: event.reason, updatedAt: event.at };
      case 'endpoint-removed':
        return { status: 'absent', generation: event.generation };
    }
  },
};

const onAbsent = (command: DeploymentCommand, generation: number): readonly DeploymentEvent[] | ModelsFailure => {
  if (command.type === 'request') return [requested(command, generation, command)];
  return command.type === 'remove' ? endpointNotFound(command.endpoint) : [];
};

const isServed = ({ model, release, follows }: Target, { status, target }: Present): boolean => {
  const same = target.model === model && (target.follows?.alias ?? null) === (follows?.alias ?? null);
  // A request that read the alias before the endpoint heard of a newer assignment must not take it back.
  const older = follows !== null && target.follows !== null && follows.revision < target.follows.revision;
  return status !== 'failed' && same && (older || target.release.version === release.version);
};

const requested = (
  { endpoint, at }: { readonly endpoint: string; readonly at: string },
  generation: number,
  { model, release, follows }: Target,
): DeploymentEvent => ({
  type: 'deployment-requested',
  endpoint,
  generation: generation + 1,
  model,
  ...release,
  alias: follows?.alias ?? null,
  aliasRevision: follows?.revision ?? null,
  at,
});

const follow = (
  { endpoint, at, model, alias, current }: Extract<DeploymentCommand, { type: 'follow' }>,
  { target }: Present,
  generation: number,
): readonly DeploymentEvent[] => {
  const { follows, release } = target;
  if (target.model !== model || follows?.alias !== alias || current.revision <= follows.revision) return [];
  if (current.release.version === release.version) return [];
  return [requested({ endpoint, at }, generation, { model, release: current.release, follows: { alias, revision: current.revision } })];
};

const report = (command: Extract<DeploymentCommand, { type: 'ready' | 'fail' }>, state: Present): readonly DeploymentEvent[] => {
  // One generation may fail and be loaded after all; once it was ready, or failed already, there is no news in a failure.
  if (state.status === 'ready' || (command.type === 'fail' && state.status === 'failed')) return [];
  const { endpoint, at, generation, current } = command;
  const { model, release, follows } = state.target;
  const about = { endpoint, generation, model, version: release.version, alias: follows?.alias ?? null, at };
  const news: DeploymentEvent =
    command.type === 'ready' ? { type: 'model-deployed', ...about } : { type: 'deployment-failed', ...about, reason: command.reason };
  if (current === undefined || follows === null) return [news];
  return [news, ...follow({ type: 'follow', endpoint, at, model, alias: follows.alias, current }, state, generation)];
};

const onRequested = (event: Extract<DeploymentEvent, { type: 'deployment-requested' }>, state: Deployment): Deployment => {
  const { endpoint, generation, model, version, artifact, digest, sizeBytes, signature, alias, aliasRevision, at } = event;
  const follows = alias === null || aliasRevision === null ? null : { alias, revision: aliasRevision };
  const target: Target = { model, release: { version, artifact, digest, sizeBytes, signature }, follows };
  const kept = state.status === 'absent' ? { serving: null, createdAt: at } : { serving: state.serving, createdAt: state.createdAt };
  return { status: 'deploying', endpoint, generation, target, reason: null, ...kept, updatedAt: at };
};

/** Whether an endpoint serves or shall serve something: a model, one of its versions, or what an alias of it points to. */
export const refersTo = (state: Deployment, model: string, what: { readonly version?: string; readonly alias?: string } = {}): boolean => {
  if (state.status === 'absent') return false;
  const { target, serving } = state;
  if (what.alias !== undefined) return target.model === model && target.follows?.alias === what.alias;
  const names = [{ model: target.model, version: target.release.version }, ...(serving === null ? [] : [serving])];
  return names.some((name) => name.model === model && (what.version === undefined || name.version === what.version));
};
