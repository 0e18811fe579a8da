/** Ids that sort by the time they were made (ULID, 26 characters of Crockford base 32), strictly increasing within a process. */
export type Ids = { next(): string };
