import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { Fleet } from './serving-fleet.ts';
import { type Culprit, closeSession, culpritOf, type ServingHost, type Task, takeOut } from './serving-host.ts';

export const watchLimits = {
  /** How often hosts with open work are looked at. */
  lookMillis: 20,
  /** A host that is silent for so long may stall: another is started, to be there if it does. */
  suspectMillis: 100,
  stallMillis: 250,
  /** A host that is silent for so long in nothing known is given up. */
  lostMillis: 5_000,
  startMillis: 20_000,
  loadMillis: 120_000,
} as const;

export type Watch = {
  /** Looks at the hosts until none has open work. */
  begin(): void;
  stop(): void;
};

export const late: Failure<'deadline-exceeded'> = failed('timeout', 'deadline-exceeded', 'The model did not answer before its deadline.');

/**
 * Ends what is late and works around what is stuck. A run cannot be interrupted, so a request whose deadline passes while it runs takes its process
 * with it; before that, once the process stalls, all that waits for other models is sent to another host.
 */
export const serveWatch = (fleet: Fleet, resend: (task: Task) => void): Watch => {
  let timer: NodeJS.Timeout | undefined;

  const begin = (): void => {
    timer ??= setTimeout(() => setImmediate(look), watchLimits.lookMillis);
  };

  // In an immediate after the timer, so that what came in meanwhile has been read: were this process the one that slept, its hosts would not be to blame.
  const look = (): void => {
    if (timer === undefined) return;
    timer = undefined;
    const now = performance.now();
    for (const host of [...fleet.hosts]) lookAt(host, now);
    if ([...fleet.hosts].some((host) => host.pending.size > 0)) begin();
  };

  const lookAt = (host: ServingHost, now: number): void => {
    if (host.pending.size === 0) return;
    const neverStarted = !host.started && now - host.startedAt > watchLimits.startMillis;
    if (expire(host, now) || neverStarted) host.process.kill();
    else if (host.started) watchProgress(host, now);
  };

  const watchProgress = (host: ServingHost, now: number): void => {
    const silent = now - host.lastProgress;
    if (silent > watchLimits.suspectMillis && fleet.isShared(host)) fleet.prepareSpare();
    const culprit = silent > watchLimits.stallMillis ? culpritOf(host) : undefined;
    if (culprit) workAround(host, culprit, now);
    else if (silent > watchLimits.lostMillis) host.process.kill();
  };

  /** Answers what is late. True where one of these is what the host is stuck in. */
  const expire = (host: ServingHost, now: number): boolean => {
    let stuck = false;
    const culprit = host.started ? lateCulprit(host, now) : undefined;
    for (const [id, { task }] of [...host.pending]) {
      if (task.deadlineAt > now) continue;
      stuck ||= id === culprit;
      takeOut(host, id);
      task.settle(late);
    }
    return stuck;
  };

  const workAround = (host: ServingHost, { session, load }: Culprit, now: number): void => {
    const { artifact } = session.model;
    const neverLoads = load && now - session.loadSentAt > watchLimits.loadMillis;
    if (neverLoads) host.process.kill();
    // Loading is done once: a model that is slow in that needs no host of its own afterwards, but the others need not wait.
    else if (!load || fleet.isShared(host)) fleet.isolate(artifact, host);
    if (!neverLoads) moveOthers(host, artifact);
  };

  const moveOthers = (host: ServingHost, artifact: string): void => {
    const others = [...host.pending].filter(([, { session }]) => session.model.artifact !== artifact);
    const tasks = others.map(([id]) => takeOut(host, id));
    for (const session of [...host.sessions.values()]) if (session.model.artifact !== artifact) closeSession(host, session);
    for (const task of tasks) if (task) resend(task);
  };

  return {
    begin,
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
};

/** The request that the host is in, where it is late; looking at the file costs a system call, so only then. */
const lateCulprit = (host: ServingHost, now: number): number | undefined => {
  for (const { task } of host.pending.values()) if (task.deadlineAt <= now) return host.process.progress();
  return undefined;
};
