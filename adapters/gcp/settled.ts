import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { retrying } from '../cloud/retry.ts';
import type { GcpClient } from './client.ts';
import { GcpError, isTransient } from './errors.ts';

export type SettledOptions = {
  readonly client: GcpClient;
  readonly fetch: typeof fetch;
  /** Of the function that drains the changes of tables: `https://…/drain`. */
  readonly url: string;
};

/** Of one request: the function drains them all before it answers. */
const partitionsAtOnce = 200;
const timeoutMillis = 60_000;

/**
 * Has the changes of partitions handled that were written before, by the function whose work that is: `{table, partitions}`, answered 204. Throws
 * `Rejected` `changes-not-settled` where some cannot be.
 */
export const drainAt =
  ({ client, fetch: send, url }: SettledOptions) =>
  async (table: string, partitions: AsyncIterable<string>): Promise<void> => {
    const drain = async (some: readonly string[]): Promise<void> => {
      const token = await client.identity.identityToken(new URL(url).origin);
      const names = { service: 'changes', operation: 'drain' };
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const init = {
        method: 'POST',
        headers,
        body: JSON.stringify({ table, partitions: some }),
        signal: AbortSignal.timeout(timeoutMillis),
      };
      const response = await send(url, init).catch((cause: unknown) => {
        throw new GcpError(
          { ...names, code: 'NetworkError', status: 0, message: 'the function that drains changes did not answer' },
          cause,
        );
      });
      await response.arrayBuffer();
      if (!response.ok)
        throw new GcpError({
          ...names,
          code: `Http${response.status}`,
          status: response.status,
          message: `it answered ${response.status}`,
        });
    };

    const drainAll = async (): Promise<void> => {
      let some: string[] = [];
      for await (const partition of partitions) {
        some.push(partition);
        if (some.length < partitionsAtOnce) continue;
        await settle(some);
        some = [];
      }
      if (some.length > 0) await settle(some);
    };
    const settle = async (some: readonly string[]): Promise<void> => {
      try {
        await retrying(() => drain(some), isTransient, { ...client.backoff, attempts: 3 });
      } catch (error) {
        if (!(error instanceof GcpError) || error.failure.code === 'cloud-credentials') throw error;
        const detail = `Not all changes of ${table} are handled yet; try again later.`;
        throw Object.assign(new Rejected(failed('unavailable', 'changes-not-settled', detail)), { cause: error });
      }
    };
    await drainAll();
  };
