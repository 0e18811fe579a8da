import { failed, isFailure } from '../../domain/kernel/failure.ts';
import type { Invocation, InvokeFailure, ModelRef } from '../../domain/kernel/model-host.ts';
import type { Frame } from './frames.ts';
import { command, report } from './model-process-protocol.ts';
import { type ServingProcess, startServingProcess } from './serving-process.ts';

export type Outcome = Invocation | InvokeFailure;

/** A request on its way: to be sent again, to another host, as it came. Times are of `performance.now()`. */
export type Task = {
  readonly kind: 'load' | 'run';
  readonly model: ModelRef;
  readonly body: Uint8Array;
  readonly deadlineAt: number;
  readonly settle: (outcome: Outcome) => void;
  /** How many processes ended under it. */
  crashes: number;
};

/** An artifact as a file, which stays where it is until `release` says that nobody reads it any more. */
export type ArtifactFile = { readonly path: string; readonly release?: () => void };

/** A model loaded (or being loaded) in a host. */
export type Session = {
  readonly key: string;
  readonly slot: number;
  readonly model: ModelRef;
  readonly file: ArtifactFile;
  /** The id of the frame that loads it, and when that was sent. */
  readonly loadId: number;
  readonly loadSentAt: number;
  loading: boolean;
  inFlight: number;
  lastUsed: number;
  /** Called once nothing is in flight. */
  whenIdle: (() => void) | undefined;
};

/** A process and what is under way in it. */
export type ServingHost = {
  readonly process: ServingProcess;
  readonly sessions: Map<string, Session>;
  readonly pending: Map<number, { readonly task: Task; readonly session: Session }>;
  readonly startedAt: number;
  started: boolean;
  lastProgress: number;
  lastUsed: number;
};

export type HostEvents = {
  onStarted(host: ServingHost): void;
  onSettled(host: ServingHost, session: Session, outcome: Outcome): void;
  onEnd(host: ServingHost): void;
};

export const modelKey = ({ artifact, name, version }: ModelRef): string => `${artifact}\n${name}\n${version}`;

const noBytes = new Uint8Array(0);
const loadDone: Invocation = { body: noBytes, rows: 0, computeMicros: 0 };
const hostFailed = failed('unavailable', 'host-unavailable', 'The model host gave no readable answer.');

let lastId = 0;
/** 0 stands for "none yet" in the progress file; ids are shared by all hosts, so that an old answer is never taken for another's. */
const nextId = (): number => {
  lastId = lastId === 0xffff_ffff ? 1 : lastId + 1;
  return lastId;
};

export const startServingHost = (events: HostEvents, delayMillis: number): ServingHost => {
  const onFrame = (frame: Frame, payload: Buffer): void => {
    if (frame.kind === report.done) settleTask(host, frame.id, invocationOf(frame, payload), events);
    else if (frame.kind === report.failed) settleTask(host, frame.id, failureOf(payload), events);
    else if (frame.kind === report.loaded) markLoaded(host, frame.id);
    else if (frame.kind === report.started) {
      host.started = true;
      events.onStarted(host);
    }
  };
  const onFrames = (): void => {
    host.lastProgress = performance.now();
  };
  const now = performance.now();
  const host: ServingHost = {
    process: startServingProcess({ onFrame, onFrames, onEnd: () => events.onEnd(host) }, delayMillis),
    sessions: new Map(),
    pending: new Map(),
    startedAt: now + delayMillis,
    started: false,
    lastProgress: now,
    lastUsed: now,
  };
  return host;
};

const invocationOf = ({ first, second }: Frame, payload: Buffer): Invocation =>
  payload.length === 0 ? loadDone : { body: payload, rows: first, computeMicros: second };

const failureOf = (payload: Buffer): InvokeFailure => {
  const failure: unknown = JSON.parse(payload.toString());
  return isFailure(failure) ? (failure as InvokeFailure) : hostFailed;
};

const markLoaded = (host: ServingHost, loadId: number): void => {
  for (const session of host.sessions.values()) if (session.loadId === loadId) letGo(session);
};

/** The process reads a session's file no longer: it has loaded the model, or never will. */
export const letGo = (session: Session): void => {
  if (session.loading) session.file.release?.();
  session.loading = false;
};

const settleTask = (host: ServingHost, id: number, outcome: Outcome, events: HostEvents): void => {
  const entry = host.pending.get(id);
  // Not there: it was moved to another host, or its deadline passed.
  if (entry === undefined) return;
  takeOut(host, id);
  entry.task.settle(outcome);
  events.onSettled(host, entry.session, outcome);
};

/** Opens a session; runs sent after it wait for it in the process. */
export const openSession = (host: ServingHost, model: ModelRef, file: ArtifactFile): Session => {
  const id = nextId();
  const now = performance.now();
  const session: Session = {
    key: modelKey(model),
    slot: id,
    model,
    file,
    loadId: id,
    loadSentAt: now,
    loading: true,
    inFlight: 0,
    lastUsed: now,
    whenIdle: undefined,
  };
  host.sessions.set(session.key, session);
  host.process.send({ kind: command.load, id, first: session.slot, second: 0 }, Buffer.from(JSON.stringify({ path: file.path, model })));
  return session;
};

/** Forgets a session at once and frees its memory behind what is still running. */
export const closeSession = (host: ServingHost, session: Session): void => {
  if (host.sessions.get(session.key) === session) host.sessions.delete(session.key);
  letGo(session);
  host.process.send({ kind: command.unload, id: nextId(), first: session.slot, second: 0 }, noBytes);
};

export const sendTask = (host: ServingHost, session: Session, task: Task): void => {
  const id = nextId();
  if (host.pending.size === 0) {
    host.lastProgress = performance.now();
    host.process.hold(true);
  }
  host.pending.set(id, { task, session });
  session.inFlight++;
  session.lastUsed = id;
  host.process.send({ kind: task.kind === 'run' ? command.run : command.ready, id, first: session.slot, second: 0 }, task.body);
};

/** Takes a task out of a host; what the process may still say about it is ignored. */
export const takeOut = (host: ServingHost, id: number): Task | undefined => {
  const entry = host.pending.get(id);
  if (entry === undefined) return undefined;
  host.pending.delete(id);
  if (host.pending.size === 0) {
    host.process.hold(false);
    host.lastUsed = performance.now();
  }
  if (--entry.session.inFlight === 0) entry.session.whenIdle?.();
  return entry.task;
};

/** What a host is stuck in or died of: the id of the frame, its session, and whether it was loading that. */
export type Culprit = { readonly id: number; readonly session: Session; readonly load: boolean };

/** Whose work the host was last seen in: a request's or a load's. Nothing where that is over. */
export const culpritOf = (host: ServingHost): Culprit | undefined => {
  const id = host.process.progress();
  const entry = host.pending.get(id);
  if (entry) return { id, session: entry.session, load: false };
  for (const session of host.sessions.values()) if (session.loadId === id && session.loading) return { id, session, load: true };
  return undefined;
};
