import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetters, Message, Queue, QueuePolicy, Worker } from '../../domain/kernel/queue.ts';
import { eventually, rejection } from './harness.ts';
import { proofsOf } from './proof.ts';
import { type Semantics, semanticsOf, type Target } from './semantics.ts';

export type QueueHarness = {
  /** A fresh queue, whose messages' dead letters belong to their body's `tenant`. */
  queue(policy: QueuePolicy): Promise<Queue>;
  /** The same queue after its process was ended and started again. */
  restart(): Promise<Queue>;
  work(worker: Worker): { stop(): Promise<void> };
  readonly deadLetters: () => DeadLetters;
  /** By how many milliseconds a due message may be late, beside the step in which the target counts. */
  readonly lateMillis: number;
  dispose(): Promise<void>;
};

const shortBackoff = { baseSeconds: 0.01, maxSeconds: 0.03 };

/** What a dead letter says of an error `it is broken`. */
export const saidOf = (reason: Semantics['queue']['reason']): RegExp => (reason === 'the error' ? /it is broken/ : /\d attempts/);

/** What every queue does. Times are real and short. */
export const queueConformance = (target: Target, makeHarness: () => Promise<QueueHarness>): void => {
  describe(`the queue of ${target}`, () => {
    const { observed } = proofsOf('Queue', target);
    const { observed: observedLetters } = proofsOf('DeadLetters', target);
    const { leastAttempts, batches } = semanticsOf(target).queue;
    const times = (attempts: number): number => Math.max(attempts, leastAttempts);
    const policy: QueuePolicy = { attempts: times(3), visibilitySeconds: 30, batchSize: 5, backoff: shortBackoff };
    /** For what takes as many attempts as a policy is given, each of them its time. */
    const patience = 5000 * leastAttempts;
    let harness: QueueHarness;
    beforeEach(async () => {
      const made = await makeHarness();
      harness = {
        ...made,
        queue: async (declared) => observed(await made.queue(declared)),
        restart: async () => observed(await made.restart()),
        work: observed({ work: made.work }).work,
        deadLetters: () => observedLetters(made.deadLetters()),
      };
    });
    afterEach(() => harness.dispose());

    const done = { failed: [] };
    const collect =
      (into: Message[]): Worker =>
      async (batch) => {
        into.push(...batch);
        return done;
      };
    const bodiesOf = (messages: readonly Message[]) => messages.map(({ body }) => body);
    const letters = async () => (await harness.deadLetters().list({})).items;
    const bodies = (count: number) => Array.from({ length: count }, (_, n) => ({ body: n }));

    it('delivers every message once where all goes well, with an id of its own and as its first attempt', async () => {
      const queue = await harness.queue(policy);
      const seen: Message[] = [];
      harness.work(collect(seen));
      await queue.send(bodies(100));
      await eventually(() => seen.length >= 100);
      expect(bodiesOf(seen).sort((a, b) => Number(a) - Number(b))).toEqual(Array.from({ length: 100 }, (_, n) => n));
      expect(new Set(seen.map(({ id }) => id)).size).toBe(100);
      expect(seen.every(({ attempt }) => attempt === 1)).toBe(true);
    });
    it('delivers batches no larger than its policy says', async () => {
      const queue = await harness.queue(policy);
      const sizes: number[] = [];
      await queue.send(bodies(23));
      harness.work(async (batch) => {
        sizes.push(batch.length);
        return done;
      });
      await eventually(() => sizes.reduce((sum, size) => sum + size, 0) === 23);
      expect(Math.max(...sizes)).toBe(batches === 'of one' ? 1 : 5);
    });
    it('holds a message back for its delay, and not much longer', async () => {
      const queue = await harness.queue(policy);
      const arrivals: number[] = [];
      harness.work(async () => {
        arrivals.push(Date.now());
        return done;
      });
      const sent = Date.now();
      await queue.send([{ body: 'later', delaySeconds: 0.15 }]);
      await eventually(() => arrivals.length === 1);
      const late = (arrivals[0] ?? 0) - sent - 150;
      expect(late).toBeGreaterThanOrEqual(0);
      expect(late).toBeLessThan(semanticsOf(target).queue.delayStepSeconds * 1000 + harness.lateMillis);
    });
    it('brings only what failed again, and counts its attempts', async () => {
      const queue = await harness.queue(policy);
      const seen: Message[] = [];
      harness.work(async (batch) => {
        seen.push(...batch);
        return { failed: batch.filter(({ body, attempt }) => body === 'bad' && attempt < 3).map(({ id }) => id) };
      });
      await queue.send(['good', 'bad', 'fine'].map((body) => ({ body })));
      await eventually(() => seen.length >= 5);
      expect(seen.filter(({ body }) => body === 'bad').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect(seen.filter(({ body }) => body !== 'bad').map(({ attempt }) => attempt)).toEqual([1, 1]);
      expect(await letters()).toEqual([]);
    });
    it('brings a whole batch again when its worker throws', async () => {
      const queue = await harness.queue(policy);
      const seen: Message[] = [];
      await queue.send(bodies(3));
      harness.work(async (batch) => {
        if (batch.some(({ attempt }) => attempt === 1)) throw new TypeError('not yet');
        seen.push(...batch);
        return done;
      });
      await eventually(() => seen.length === 3);
      expect(seen.every(({ attempt }) => attempt === 2)).toBe(true);
    });
    it('brings a message again that was not completed in its visibility time', async () => {
      const queue = await harness.queue({ ...policy, visibilitySeconds: 0.1 });
      const attempts: number[] = [];
      let release: () => void = () => undefined;
      const hang = new Promise<void>((resolve) => {
        release = resolve;
      });
      harness.work(async ([message]) => {
        attempts.push(message?.attempt ?? 0);
        if (attempts.length === 1) await hang;
        return done;
      });
      await queue.send([{ body: 'slow' }]);
      await eventually(() => attempts.length === 2);
      release();
      expect(attempts).toEqual([1, 2]);
    });
    it('makes a dead letter of what failed as often as its policy says', async () => {
      const queue = await harness.queue(policy);
      let deliveries = 0;
      harness.work(async () => {
        deliveries++;
        throw new TypeError('it is broken');
      });
      await queue.send([{ body: { tenant: 'acme', n: 1 } }]);
      await eventually(async () => (await letters()).length === 1, patience);
      const [letter] = await letters();
      expect(letter).toMatchObject({ source: 'chores', tenant: 'acme', body: { tenant: 'acme', n: 1 }, attempts: times(3) });
      expect(letter?.reason).toMatch(saidOf(semanticsOf(target).queue.reason));
      expect(deliveries).toBe(times(3));
      expect(await harness.deadLetters().get(letter?.id ?? '')).toEqual(letter);
    });
    it('makes a dead letter of what no delivery ever completed', async () => {
      const queue = await harness.queue({ ...policy, attempts: times(1), visibilitySeconds: 0.05 });
      let release: () => void = () => undefined;
      const hang = new Promise<void>((resolve) => {
        release = resolve;
      });
      harness.work(async () => {
        await hang;
        return done;
      });
      await queue.send([{ body: 'hangs' }]);
      await eventually(async () => (await letters()).length === 1, patience);
      release();
      expect((await letters())[0]).toMatchObject({ body: 'hangs', attempts: times(1) });
    });
    it('sends a dead letter again to where it died, once', async () => {
      const queue = await harness.queue({ ...policy, attempts: times(1) });
      const seen: Message[] = [];
      let broken = true;
      harness.work(async (batch) => {
        if (broken) throw new TypeError('broken');
        return collect(seen)(batch);
      });
      await queue.send([{ body: 'again' }]);
      await eventually(async () => (await letters()).length === 1, patience);
      broken = false;
      const id = (await letters())[0]?.id ?? '';
      const outcomes = await Promise.all([1, 2, 3].map(() => harness.deadLetters().redrive(id)));
      expect(outcomes.filter(Boolean)).toHaveLength(1);
      await eventually(() => seen.length > 0);
      expect(seen).toMatchObject([{ body: 'again', attempt: 1 }]);
      expect(await harness.deadLetters().get(id)).toBeUndefined();
    });
    it('has no dead letter of a name that it never gave, however long', async () => {
      const letters = harness.deadLetters();
      for (const id of ['nothing', 'x'.repeat(5000)])
        expect([await letters.get(id), await letters.redrive(id)]).toEqual([undefined, false]);
    });
    it('lists dead letters newest first, page by page, and one tenant only where asked', async () => {
      const queue = await harness.queue({ ...policy, attempts: times(1), batchSize: 1 });
      harness.work(async () => {
        throw new TypeError('broken');
      });
      for (const [n, tenant] of ['acme', 'beta', 'acme'].entries()) {
        await queue.send([{ body: { tenant, n } }]);
        await eventually(async () => (await letters()).length === n + 1, patience);
      }
      const first = await harness.deadLetters().list({ limit: 2 });
      const second = await harness.deadLetters().list({ limit: 2, cursor: first.next ?? '' });
      expect([...first.items, ...second.items].map(({ body }) => body)).toEqual(
        [2, 1, 0].map((n) => ({ tenant: n === 1 ? 'beta' : 'acme', n })),
      );
      expect(second.next).toBeNull();
      expect((await harness.deadLetters().list({ tenant: 'acme' })).items).toHaveLength(2);
      expect((await harness.deadLetters().list({ tenant: 'acm' })).items).toEqual([]);
      expect(await rejection(harness.deadLetters().list({ cursor: 'nonsense' }))).toEqual({ failure: 'invalid', code: 'invalid-cursor' });
    });
    it('has what was sent, failed and died after a restart', async () => {
      const queue = await harness.queue({ ...policy, attempts: times(1) });
      const worker = harness.work(async (batch) => ({ failed: batch.map(({ id }) => id) }));
      await queue.send([{ body: 'dies' }]);
      await eventually(async () => (await letters()).length === 1, patience);
      await worker.stop();
      await queue.send([{ body: 'waits' }]);
      await harness.restart();
      const seen: Message[] = [];
      harness.work(collect(seen));
      await eventually(() => seen.length > 0);
      expect(bodiesOf(seen)).toEqual(['waits']);
      expect(bodiesOf((await letters()) as never)).toEqual(['dies']);
    });
    it('works on other batches while one takes its time', async () => {
      const queue = await harness.queue({ ...policy, batchSize: 1 });
      const finished: unknown[] = [];
      let release: () => void = () => undefined;
      const hang = new Promise<void>((resolve) => {
        release = resolve;
      });
      harness.work(async ([message]) => {
        if (message?.body === 'slow') await hang;
        finished.push(message?.body);
        return done;
      });
      await queue.send(['slow', 'quick'].map((body) => ({ body })));
      await eventually(() => finished.includes('quick'));
      expect(finished).toEqual(['quick']);
      release();
    });
    it('is stopped when its running batch is done, and delivers nothing after that', async () => {
      const queue = await harness.queue(policy);
      let [began, ended] = [0, 0];
      let release: () => void = () => undefined;
      const hang = new Promise<void>((resolve) => {
        release = resolve;
      });
      const worker = harness.work(async () => {
        began++;
        await hang;
        ended++;
        return done;
      });
      await queue.send([{ body: 'one' }]);
      await eventually(() => began === 1);
      const stopping = worker.stop();
      await queue.send([{ body: 'two' }]);
      release();
      await stopping;
      expect([began, ended]).toEqual([1, 1]);
    });
    it('takes a message of just under 256 KB and refuses a larger one, with all that was sent with it', async () => {
      const queue = await harness.queue(policy);
      const seen: Message[] = [];
      expect(await rejection(queue.send([{ body: 'small' }, { body: 'x'.repeat(256 * 1024) }]))).toEqual({
        failure: 'too-large',
        code: 'message-too-large',
      });
      await queue.send([{ body: 'x'.repeat(256 * 1024 - 2) }]);
      harness.work(collect(seen));
      await eventually(() => seen.length > 0);
      expect(bodiesOf(seen)).not.toContain('small');
    });
    it('refuses a delay of less than nothing or more than 900 s', async () => {
      const queue = await harness.queue(policy);
      for (const delaySeconds of [-1, 901, Number.NaN])
        expect((await rejection(queue.send([{ body: 1, delaySeconds }]))).failure).toBe('invalid');
    });
  });
};
