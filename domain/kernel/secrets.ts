/** Named secrets. `get` may answer from a cache of at most 5 minutes; `put` is a rotation and is seen at once by the process that did it. */
export type Secrets = {
  get(name: string): Promise<string | undefined>;
  put(name: string, value: string): Promise<void>;
};
