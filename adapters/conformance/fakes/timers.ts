/** Waits for a test's servers: all end at once when they are stopped, so that no timer outlives its server. */
export type Timers = { wait(millis: number): Promise<void>; stop(): void };

export const stoppableTimers = (): Timers => {
  const waiting = new Set<() => void>();
  let stopped = false;
  return {
    wait: (millis) =>
      new Promise((resolve) => {
        if (stopped) return resolve();
        const end = (): void => {
          clearTimeout(timer);
          waiting.delete(end);
          resolve();
        };
        const timer = setTimeout(end, millis);
        waiting.add(end);
      }),
    stop: () => {
      stopped = true;
      for (const end of waiting) end();
    },
  };
};
