const mebibytes = 1024;

/** More GiB than the first need as many CPUs as the second: https://cloud.google.com/run/docs/configuring/services/memory-limits. */
const needed = [
  [24, 8],
  [16, 6],
  [8, 4],
  [4, 2],
] as const;

/** The fewest CPUs that Cloud Run gives that much memory to; but one at least: less would let an instance serve one request at a time only. */
export const cpusFor = (memoryMegabytes: number): number => needed.find(([gibibytes]) => memoryMegabytes > gibibytes * mebibytes)?.[1] ?? 1;
