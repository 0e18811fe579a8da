import type { Clock } from '../../domain/kernel/clock.ts';
import { type Failure, failed, isFailure, Rejected } from '../../domain/kernel/failure.ts';
import type { InvokeFailure, LoadFailure, ModelHost, ModelRef } from '../../domain/kernel/model-host.ts';
import { type FindArtifact, inspecting } from './inspecting.ts';
import { modelInspector } from './model-inspection.ts';
import { startFleet } from './serving-fleet.ts';
import {
  type ArtifactFile,
  closeSession,
  culpritOf,
  letGo,
  modelKey,
  type Outcome,
  openSession,
  type ServingHost,
  type Session,
  sendTask,
  type Task,
  takeOut,
} from './serving-host.ts';
import { late, serveWatch, watchLimits } from './serving-watch.ts';
import { sessionCache } from './session-cache.ts';

export type OnnxModelHostOptions = {
  /**
   * Finds an artifact as a file; nothing where there is none. Asked when a model is looked into or loaded, not when it runs. Where the file comes
   * from afar the answer is a promise; one that is rejected is an artifact that cannot be had for now.
   */
  readonly artifact: FindArtifact;
  /** How many bytes of models are kept loaded; 1 GiB by default. A larger model is refused. */
  readonly cacheBytes?: number;
  readonly clock?: Clock;
};

export type OnnxModelHost = ModelHost & {
  /** Ends all processes. What was still running is answered `host-unavailable`. */
  close(): Promise<void>;
  /** The processes that serve at present. */
  pids(): readonly number[];
};

const mostCrashes = 3;
const noBytes = new Uint8Array(0);

/**
 * Runs models with onnxruntime in child processes, which start when first needed. A model that never ends, or takes its process down, costs its
 * own requests only: runs are pure, so what else was waiting there is sent to another process.
 */
export const onnxModelHost = ({
  artifact,
  cacheBytes = 1024 ** 3,
  clock = { now: () => new Date() },
}: OnnxModelHostOptions): OnnxModelHost => {
  let closed = false;
  const inspector = modelInspector();
  const fleet = startFleet(
    {
      onStarted: () => fleet.started(),
      onSettled: (host, session, outcome) => afterAnswer(host, session, outcome),
      onEnd: (host) => recover(host),
    },
    clock,
  );
  const cache = sessionCache(fleet.hosts, cacheBytes, (host) => !fleet.isShared(host) && host.pending.size === 0 && host.process.kill());
  const watch = serveWatch(fleet, (task) => dispatch(task));

  const dispatch = (task: Task): void => {
    const refused = refusal(task);
    if (refused) {
      task.settle(refused);
      return;
    }
    const host = fleet.hostFor(task.model);
    const session = host.sessions.get(modelKey(task.model));
    if (session) send(host, session, task);
    else load(task, host);
  };

  const send = (host: ServingHost, session: Session, task: Task): void => {
    sendTask(host, session, task);
    watch.begin();
  };

  const load = (task: Task, host: ServingHost): void => {
    if (task.model.sizeBytes > cacheBytes) {
      task.settle(tooLarge(task.model, cacheBytes));
      return;
    }
    const found = artifact(task.model.artifact);
    if (found instanceof Promise) void fetched(task, found);
    else open(task, host, found);
  };

  /** Meanwhile the deadline may pass, the process end, or another request open the model. */
  const fetched = async (task: Task, fetching: Promise<ArtifactFile | undefined>): Promise<void> => {
    const deadline = setTimeout(() => task.settle(late), task.deadlineAt - performance.now());
    const file = await fetching.catch(cannotFetch);
    clearTimeout(deadline);
    if (isFailure(file)) task.settle(file);
    else arrived(task, file);
  };

  const arrived = (task: Task, file: ArtifactFile | undefined): void => {
    const refused = task.deadlineAt <= performance.now() ? late : refusal(task);
    const host = refused ? undefined : fleet.hostFor(task.model);
    const session = host?.sessions.get(modelKey(task.model));
    if (host && !session) {
      open(task, host, file);
      return;
    }
    file?.release?.();
    if (host && session) send(host, session, task);
    else if (refused) task.settle(refused);
  };

  const open = (task: Task, host: ServingHost, file: ArtifactFile | undefined): void => {
    if (file === undefined) {
      task.settle(failed('not-found', 'artifact-not-found', 'The artifact of this model is not there.'));
      return;
    }
    cache.reserve(task.model.sizeBytes);
    send(host, openSession(host, task.model, file), task);
  };

  const refusal = ({ model }: Task): InvokeFailure | undefined => {
    if (closed) return unavailable('The model host is shutting down.');
    const millis = fleet.refusedFor(model.artifact);
    return millis > 0 ? unavailable(`The model keeps crashing its host; it is tried again in ${Math.ceil(millis / 1000)} s.`) : undefined;
  };

  /** A session that could not be had must not be what the next request finds. */
  const afterAnswer = (host: ServingHost, session: Session, outcome: Outcome): void => {
    const lost =
      isFailure(outcome) &&
      (outcome.code === 'model-load-failed' || outcome.code === 'artifact-not-found' || outcome.code === 'host-unavailable');
    if (lost && host.sessions.get(session.key) === session) closeSession(host, session);
  };

  const recover = (host: ServingHost): void => {
    const culprit = culpritOf(host);
    fleet.drop(host);
    for (const session of host.sessions.values()) letGo(session);
    if (culprit) blame(culprit.session.model.artifact);
    for (const [id] of [...host.pending]) {
      const task = takeOut(host, id);
      if (task) resendAfterCrash(task, id === culprit?.id);
    }
  };

  const blame = (artifact: string): void => {
    fleet.isolate(artifact);
    fleet.countCrash(artifact);
  };

  /** The request that the process died in gets one more chance, by itself: the process may have died of something else. */
  const resendAfterCrash = (task: Task, guilty: boolean): void => {
    task.crashes++;
    if (guilty && task.crashes > 1) {
      task.settle(failed('invalid', 'model-failed', 'The model ended the process that ran it.'));
      return;
    }
    if (task.crashes > mostCrashes) {
      task.settle(unavailable('The processes that run models keep ending.'));
      return;
    }
    dispatch(task);
  };

  const submit = (kind: Task['kind'], model: ModelRef, body: Uint8Array, deadlineMillis: number): Promise<Outcome> =>
    new Promise((settle) => {
      dispatch({ kind, model, body, deadlineAt: performance.now() + deadlineMillis, settle, crashes: 0 });
    });

  return {
    inspect: inspecting(artifact, inspector),
    async load(model) {
      const outcome = await submit('load', model, noBytes, watchLimits.loadMillis);
      return isFailure(outcome) ? loadFailure(outcome) : undefined;
    },
    invoke: (model, body, deadlineMillis) => submit('run', model, body, deadlineMillis),
    async remove(model) {
      await Promise.all([...fleet.hosts].map((host) => removeFrom(host, modelKey(model))));
    },
    async close() {
      closed = true;
      watch.stop();
      const ends = [...fleet.hosts].map(({ process }) => {
        process.kill();
        return process.ended;
      });
      await Promise.all([...ends, inspector.close()]);
    },
    pids: () => [...fleet.hosts].flatMap(({ process }) => process.pid ?? []),
  };
};

const unavailable = (detail: string): Failure<'host-unavailable'> => failed('unavailable', 'host-unavailable', detail);

const tooLarge = ({ sizeBytes }: ModelRef, cacheBytes: number): LoadFailure =>
  failed('unavailable', 'model-load-failed', `The model has ${sizeBytes} bytes; at most ${cacheBytes} are kept loaded here.`);

const cannotFetch = (error: unknown): LoadFailure =>
  failed(
    'unavailable',
    'model-load-failed',
    `The artifact cannot be had for now: ${error instanceof Rejected ? error.failure.detail : String(error)}`,
  );

const loadFailure = (failure: Failure): LoadFailure =>
  failure.code === 'artifact-not-found'
    ? failed('not-found', 'artifact-not-found', failure.detail)
    : failed('unavailable', 'model-load-failed', failure.detail);

const removeFrom = async (host: ServingHost, key: string): Promise<void> => {
  const session = host.sessions.get(key);
  if (session === undefined) return;
  host.sessions.delete(key);
  if (session.inFlight > 0)
    await new Promise<void>((resolve) => {
      session.whenIdle = resolve;
    });
  closeSession(host, session);
};
