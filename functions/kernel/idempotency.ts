import { createHash } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import { type Failure, failed } from '../../domain/kernel/failure.ts';
import type { Ids } from '../../domain/kernel/ids.ts';
import type { Json } from '../../domain/kernel/json.ts';
import type { Item, Key, Table, Write } from '../../domain/kernel/table.ts';
import type { Answer } from './handler.ts';

/**
 * One request under an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header). A claim, in a partition of its own, says that somebody is at it
 * and for which body; the answer is recorded with the change, in the aggregate's partition. Both live for 24 hours.
 */
export type Idempotency = {
  /** The id that the first try allotted. */
  readonly id: string;
  /** Says which body this is (a digest). An earlier answer, a refusal where the key was used for another body, or nothing: go on. */
  identify(fingerprint: string): Promise<Answer | Failure | undefined>;
  /** The answer that an earlier try recorded in this partition. */
  recordedIn(pk: string): Promise<Answer | undefined>;
  /** The write that records an answer beside the change it belongs to. */
  record(pk: string, answer: Answer): Write;
  /** Keeps what was answered; a failure of ours (5xx) is forgotten, so that the client may try again. */
  finish(answer: Answer): Promise<void>;
};

/** Which process serves; `sole` where no other can (the laptop), so that a claim of another one is an orphan. */
export type Instance = { readonly id: string; readonly sole: boolean };

export type Claimant = {
  readonly tenant: string;
  readonly principal: string;
  readonly route: string;
  readonly key: string;
  /** How long the request may take; past it, its claim may be taken over. */
  readonly leaseMillis: number;
};

const daySeconds = 86_400;
type Claim = Item & {
  readonly version: number;
  readonly id: string;
  readonly owner: string;
  readonly leaseUntil: string;
  readonly fingerprint?: string;
  readonly answeredIn?: string;
};

const keyPattern = /^[\x21-\x7e]{1,255}$/;
const reused = () =>
  failed('invalid', 'idempotency-key-reused', 'This Idempotency-Key was used for another request; use a new key for a new request.');
const inProgress = () =>
  failed('conflict', 'idempotency-in-progress', 'A request with this Idempotency-Key is in progress; try again when it has answered.');

/** Claims a key, or says why it cannot be had (422 `invalid-idempotency-key`, 409 `idempotency-in-progress`). */
export const claimIdempotency = async (
  table: Table,
  claimant: Claimant,
  { clock, ids, instance }: { clock: Clock; ids: Ids; instance: Instance },
): Promise<Idempotency | Failure> => {
  if (!keyPattern.test(claimant.key))
    return failed('invalid', 'invalid-idempotency-key', 'An Idempotency-Key is 1 to 255 visible ASCII characters.');
  const hash = createHash('sha256').update(`${claimant.principal}\n${claimant.route}\n${claimant.key}`).digest('base64url');
  const key: Key = { pk: `${claimant.tenant}#idempotency#${hash}`, sk: 'claim' };
  const lease = () => ({ owner: instance.id, leaseUntil: new Date(clock.now().getTime() + claimant.leaseMillis).toISOString() });
  const expiresAt = Math.ceil(clock.now().getTime() / 1000) + daySeconds;

  const fresh: Claim = { ...key, version: 1, id: ids.next(), expiresAt, ...lease() };
  if ((await table.put(fresh, 'absent')).written) return session(table, hash, fresh, expiresAt);
  const existing = (await table.get(key)) as Claim | undefined;
  if (existing === undefined) return inProgress();
  if (existing.answeredIn !== undefined) return session(table, hash, existing, expiresAt);
  const orphan = instance.sole && existing.owner !== instance.id;
  if (!orphan && existing.leaseUntil > clock.now().toISOString()) return inProgress();
  const taken: Claim = { ...existing, ...lease(), version: existing.version + 1 };
  return (await table.put(taken, { version: existing.version })).written ? session(table, hash, taken, expiresAt) : inProgress();
};

const session = (table: Table, hash: string, claimed: Claim, expiresAt: number): Idempotency => {
  let claim = claimed;
  let recorded: string | undefined;
  const answerKey = (pk: string): Key => ({ pk, sk: `idempotency#${hash}` });
  const keptAnswer = (pk: string, { status, body, headers }: Answer): Item => ({
    ...answerKey(pk),
    status,
    expiresAt,
    ...(body === undefined ? {} : { body }),
    headers: { ...headers },
  });
  const recordedIn = async (pk: string) => answerOf(await table.get(answerKey(pk)));
  const update = async (part: Partial<Claim>) => {
    const next = { ...claim, ...part, version: claim.version + 1 };
    const outcome = await table.put(next as Claim, { version: claim.version });
    if (outcome.written) claim = next as Claim;
    return outcome.written;
  };
  return {
    id: claim.id,
    recordedIn,
    async identify(fingerprint) {
      if (claim.fingerprint !== undefined && claim.fingerprint !== fingerprint) return reused();
      if (claim.answeredIn !== undefined) return recordedIn(claim.answeredIn);
      if (claim.fingerprint === undefined && !(await update({ fingerprint }))) return inProgress();
      return undefined;
    },
    record(pk, answer) {
      recorded = pk;
      return { type: 'put', item: keptAnswer(pk, answer), if: 'absent' };
    },
    async finish(answer) {
      if (claim.answeredIn !== undefined) return;
      // A change may have been committed and its request have failed after it: then its recorded answer is the one to keep.
      const committedIn = recorded !== undefined && (await recordedIn(recorded)) !== undefined ? recorded : undefined;
      if (committedIn === undefined && (answer.status >= 500 || claim.fingerprint === undefined)) {
        await table.delete({ pk: claim.pk, sk: claim.sk }, { version: claim.version });
        return;
      }
      if (committedIn === undefined) await table.put(keptAnswer(claim.pk, answer));
      await update({ answeredIn: committedIn ?? claim.pk });
    },
  };
};

const answerOf = (item: Item | undefined): Answer | undefined =>
  item === undefined
    ? undefined
    : {
        status: item.status as number,
        ...(item.body === undefined ? {} : { body: item.body as Json }),
        headers: { ...(item.headers as Record<string, string>), 'idempotency-replayed': 'true' },
      };

/** The digest of a JSON request: its path and its parsed body. */
export const fingerprintOf = (path: string, body: unknown): string =>
  createHash('sha256')
    .update(`${path}\n${JSON.stringify(body)}`)
    .digest('base64url');
