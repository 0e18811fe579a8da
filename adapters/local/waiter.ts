/** Lets one loop sleep until something happens or a time has passed. A `wake` that comes while it is busy is not lost: the next `wait` returns at once. */
export type Waiter = {
  /** At most `millis`; without it until woken. */
  wait(millis?: number): Promise<void>;
  wake(): void;
};

/** Node's timers hold 31 bits; a longer sleep wakes early, and its loop looks again. */
const longestTimer = 2 ** 31 - 1;

export const waiter = (): Waiter => {
  let woken = false;
  let proceed: (() => void) | undefined;
  const wake = () => {
    woken = true;
    proceed?.();
  };
  const wait = async (millis?: number) => {
    if (!woken)
      await new Promise<void>((resolve) => {
        const timer = millis === undefined ? undefined : setTimeout(resolve, Math.min(Math.max(1, millis), longestTimer));
        proceed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    woken = false;
    proceed = undefined;
  };
  return { wait, wake };
};
