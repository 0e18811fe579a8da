import { expect } from 'vitest';
import { isFailure } from '../../domain/kernel/failure.ts';
import type { ByteRange, ObjectInfo, ObjectStore } from '../../domain/kernel/object-store.ts';
import type { Proofs } from './proof.ts';
import type { Target } from './semantics.ts';

/** An object store under test. `request` sends to a presigned URL; `elapse` lets that time pass for the store, on a cloud by waiting. */
export type ObjectStoreUnderTest = {
  readonly store: ObjectStore;
  request(request: Request): Promise<Response>;
  elapse(seconds: number): Promise<void>;
  close(): Promise<void>;
};

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

export async function* chunks(...values: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const value of values) yield typeof value === 'string' ? text(value) : value;
}

export async function* breakingOff(value: string, error: Error): AsyncGenerator<Uint8Array> {
  yield text(value);
  throw error;
}

/** The value, where it is neither a failure nor absent; a test that meets one has failed. */
export const succeeded = <T>(value: T): Exclude<T, undefined | { readonly failure: string }> => {
  expect(isFailure(value) ? value.code : 'success').toBe('success');
  expect(value).toBeDefined();
  return value as Exclude<T, undefined | { readonly failure: string }>;
};

export const contentOf = async (store: ObjectStore, key: string, range?: ByteRange): Promise<string> =>
  new Response(succeeded(await store.get(key, range)).body).text();

/** A body that nobody reads holds its file or connection until it is cancelled. */
export const statusOf = async (answer: Promise<Response>): Promise<number> => {
  const { status, body } = await answer;
  await body?.cancel();
  return status;
};

/** What a put answers and what is read later are the same but for the second in which a store takes down the change. */
export const expectSame = (one: ObjectInfo | undefined, other: ObjectInfo | undefined): void => {
  const [moment, otherMoment] = [Date.parse(one?.modifiedAt ?? ''), Date.parse(other?.modifiedAt ?? '')];
  expect({ ...one, modifiedAt: '' }).toEqual({ ...other, modifiedAt: '' });
  expect(Math.abs(moment - otherMoment)).toBeLessThanOrEqual(2000);
};

export const codeOf = (value: unknown): string | undefined => (isFailure(value) ? value.code : undefined);

/** Where a suite runs, and the store under test of the running test. */
export type Subject = { readonly under: () => ObjectStoreUnderTest; readonly target: Target; readonly it: Proofs['it'] };

/** Puts a text, which must succeed. */
export const putText = async (store: ObjectStore, key: string, content: string): Promise<ObjectInfo> =>
  succeeded(await store.put(key, chunks(content)));

/** All keys that begin with a prefix, read page by page. */
export const keysOf = async (store: ObjectStore, prefix = '', limit?: number): Promise<string[]> => {
  const found: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<ObjectStore['list']>> = await store.list(prefix, {
      ...(limit === undefined ? {} : { limit }),
      ...(cursor === null ? {} : { cursor }),
    });
    expect(page.items.length).toBeLessThanOrEqual(limit ?? 1000);
    found.push(...page.items.map(({ key }) => key));
    cursor = page.next;
  } while (cursor !== null);
  return found;
};
