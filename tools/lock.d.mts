/** Runs `work` while no other process on this machine runs one under the same file; waits for that. */
export const withLock: <T>(file: string, work: () => T | Promise<T>) => Promise<T>;
