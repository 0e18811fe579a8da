import { closeSession, type ServingHost, type Session } from './serving-host.ts';

/** The sessions of all hosts, bounded in bytes of their models; the least recently used idle one goes first. Busy ones may exceed the bound for as long as they run. */
export type SessionCache = {
  /** Makes room for `bytes` more. */
  reserve(bytes: number): void;
};

export const sessionCache = (hosts: ReadonlySet<ServingHost>, cacheBytes: number, onEmpty: (host: ServingHost) => void): SessionCache => ({
  reserve(bytes) {
    let excess = loadedBytes(hosts) + bytes - cacheBytes;
    if (excess <= 0) return;
    for (const { host, session } of idleByAge(hosts)) {
      if (excess <= 0) return;
      closeSession(host, session);
      excess -= session.model.sizeBytes;
      if (host.sessions.size === 0) onEmpty(host);
    }
  },
});

const loadedBytes = (hosts: ReadonlySet<ServingHost>): number => {
  let bytes = 0;
  for (const host of hosts) for (const session of host.sessions.values()) bytes += session.model.sizeBytes;
  return bytes;
};

const idleByAge = (hosts: ReadonlySet<ServingHost>): readonly { readonly host: ServingHost; readonly session: Session }[] =>
  [...hosts]
    .flatMap((host) => [...host.sessions.values()].map((session) => ({ host, session })))
    .filter(({ session }) => session.inFlight === 0)
    .sort((a, b) => a.session.lastUsed - b.session.lastUsed);
