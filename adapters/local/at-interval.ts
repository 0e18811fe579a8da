/** Runs a function at an interval, never twice at once; `stop` resolves when a running one is done. */
export const atInterval = (millis: number, run: () => Promise<void>): { stop(): Promise<void> } => {
  let running: Promise<void> | undefined;
  const timer = setInterval(() => {
    running ??= run().finally(() => {
      running = undefined;
    });
  }, millis);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
};
