import type { Clock } from '../../domain/kernel/clock.ts';
import type { ModelRef } from '../../domain/kernel/model-host.ts';
import type { HostEvents, ServingHost } from './serving-host.ts';
import { startServingHost } from './serving-host.ts';

const ownHosts = 4;
const largeModelBytes = 32 * 1024 * 1024;
const spareMillis = 60_000;
const longestStartDelay = 5_000;

/** Hosts that belong to one model each, as far as there are enough. */
type Pool = Map<string, ServingHost>;

/** A model that stalled or crashed its host, and is kept apart for a while. `refusedUntil` is past unless it keeps crashing. Milliseconds since 1970. */
type Mark = { until: number; crashes: number; refusedUntil: number };

const markMillis = 5 * 60_000;
const longestRefusal = 30_000;

/**
 * Which host runs which model: small, well-behaved ones share one; large ones, and those that stalled or crashed a host, have their own, so that
 * neither loading nor running them harms another. Processes start when first needed.
 */
export type Fleet = {
  readonly hosts: ReadonlySet<ServingHost>;
  hostFor(model: ModelRef): ServingHost;
  /** Keeps a model apart from now on; `host`, where given, becomes its own. */
  isolate(artifact: string, host?: ServingHost): void;
  /** Counts a crash of a model that is already apart. */
  countCrash(artifact: string): void;
  /** How long a model is refused because it keeps crashing its host, in milliseconds; 0 for not at all. */
  refusedFor(artifact: string): number;
  isShared(host: ServingHost): boolean;
  /** Starts a host ahead of need. */
  prepareSpare(): void;
  started(): void;
  /** Forgets a host whose process ended. */
  drop(host: ServingHost): void;
};

export const startFleet = (events: HostEvents, clock: Clock): Fleet => {
  const hosts = new Set<ServingHost>();
  const large: Pool = new Map();
  const apart: Pool = new Map();
  const marks = new Map<string, Mark>();
  let shared: ServingHost | undefined;
  let spare: ServingHost | undefined;
  let failedStarts = 0;

  const start = (): ServingHost => {
    const delay = failedStarts === 0 ? 0 : Math.min(longestStartDelay, 100 * 2 ** failedStarts);
    const host = startServingHost(events, delay);
    hosts.add(host);
    return host;
  };

  const freshHost = (): ServingHost => {
    const host = spare ?? start();
    spare = undefined;
    return host;
  };

  const retire = (host: ServingHost): void => {
    forget(host);
    host.process.kill();
  };

  const forget = (host: ServingHost): void => {
    if (shared === host) shared = undefined;
    if (spare === host) spare = undefined;
    for (const pool of [large, apart]) for (const [artifact, owned] of pool) if (owned === host) pool.delete(artifact);
  };

  /** Room for one more host in a pool: that which has been idle longest goes. */
  const makeRoom = (pool: Pool): boolean => {
    const owned = [...new Set(pool.values())];
    if (owned.length < ownHosts) return true;
    const [oldest] = owned.filter((host) => host.pending.size === 0).sort((a, b) => a.lastUsed - b.lastUsed);
    if (oldest) retire(oldest);
    return oldest !== undefined;
  };

  const leastLoaded = (pool: Pool): ServingHost | undefined => [...pool.values()].sort((a, b) => a.pending.size - b.pending.size)[0];

  const hostIn = (pool: Pool, artifact: string): ServingHost => {
    const owned = pool.get(artifact) ?? (makeRoom(pool) ? freshHost() : (leastLoaded(pool) ?? freshHost()));
    pool.set(artifact, owned);
    return owned;
  };

  const markOf = (artifact: string): Mark | undefined => {
    const mark = marks.get(artifact);
    if (mark === undefined || mark.until > clock.now().getTime()) return mark;
    marks.delete(artifact);
    const owned = apart.get(artifact);
    apart.delete(artifact);
    if (owned && owned.pending.size === 0 && ![...apart.values()].includes(owned)) retire(owned);
    return undefined;
  };

  const renewMark = (artifact: string): Mark => {
    const mark = markOf(artifact) ?? { until: 0, crashes: 0, refusedUntil: 0 };
    mark.until = clock.now().getTime() + markMillis;
    marks.set(artifact, mark);
    return mark;
  };

  return {
    hosts,
    hostFor({ artifact, sizeBytes }) {
      if (marks.size > 0 && markOf(artifact)) return hostIn(apart, artifact);
      if (sizeBytes > largeModelBytes) return hostIn(large, artifact);
      shared ??= freshHost();
      return shared;
    },
    isolate(artifact, host) {
      renewMark(artifact);
      if (host === undefined || apart.get(artifact) === host) return;
      const wasShared = shared === host;
      forget(host);
      // At once, so that the host in reserve goes to the many and not to the one that is set apart.
      if (wasShared) shared = freshHost();
      // Where all are busy there is one more for a while: killing one would harm its model.
      makeRoom(apart);
      apart.set(artifact, host);
    },
    countCrash(artifact) {
      const mark = renewMark(artifact);
      mark.crashes++;
      if (mark.crashes > 1) mark.refusedUntil = clock.now().getTime() + Math.min(longestRefusal, 250 * 2 ** mark.crashes);
    },
    refusedFor(artifact) {
      if (marks.size === 0) return 0;
      return Math.max(0, (markOf(artifact)?.refusedUntil ?? 0) - clock.now().getTime());
    },
    isShared: (host) => host === shared,
    prepareSpare() {
      if (spare !== undefined) return;
      const prepared = start();
      spare = prepared;
      setTimeout(() => spare === prepared && retire(prepared), spareMillis).unref();
    },
    started() {
      failedStarts = 0;
    },
    drop(host) {
      hosts.delete(host);
      forget(host);
      if (!host.started) failedStarts++;
    },
  };
};
