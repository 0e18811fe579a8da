/** What time it is. Domain and functions never ask the machine. */
export type Clock = { now(): Date };
