import { existsSync } from 'node:fs';
import { failed } from '../../domain/kernel/failure.ts';
import type { InspectFailure, Signature } from '../../domain/kernel/model-host.ts';
import { inspectionReport } from './inspection-report.ts';
import { spawnModelProcess } from './spawn-model-process.ts';

export type Inspector = {
  inspect(path: string | undefined): Promise<Signature | InspectFailure>;
  /** Ends what runs; its callers get a failure. */
  close(): Promise<void>;
};

/**
 * Looks into models, each in a process of its own that is gone afterwards: a session of a large model takes more memory than its file, and what a
 * hostile one does to the process is a failure value here. At most `atOnce` run at a time.
 */
export const modelInspector = ({ deadlineMillis = 30_000, atOnce = 2 } = {}): Inspector => {
  const running = new Set<() => Promise<void>>();
  const waiting: (() => void)[] = [];
  let taken = 0;

  const turn = async (): Promise<void> => {
    if (taken >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else taken++;
  };

  const passOn = (): void => {
    const next = waiting.shift();
    if (next) next();
    else taken--;
  };

  return {
    async inspect(path) {
      if (path === undefined || !existsSync(path)) return failed('not-found', 'artifact-not-found', 'There is no such artifact.');
      await turn();
      try {
        return await inspectInProcess(path, deadlineMillis, running);
      } finally {
        passOn();
      }
    },
    async close() {
      await Promise.all([...running].map((stop) => stop()));
    },
  };
};

/** In bytes. Names are the file's, and may be as long as it is: what they come to is not gathered here without end. */
const largestReport = 4 * 1024 * 1024;

const inspectInProcess = (path: string, deadlineMillis: number, running: Set<() => Promise<void>>): Promise<Signature | InspectFailure> =>
  new Promise((resolve) => {
    const { child, channel } = spawnModelProcess(['inspect', path], 'ignore');
    const chunks: Buffer[] = [];
    let size = 0;
    let tooSlow = false;
    const deadline = setTimeout(() => {
      tooSlow = true;
      child.kill('SIGKILL');
    }, deadlineMillis);
    const ended = new Promise<void>((finish) => {
      const end = (): void => {
        clearTimeout(deadline);
        running.delete(stop);
        resolve(tooSlow ? slow(deadlineMillis) : size > largestReport ? tooMuch() : outcomeOf(Buffer.concat(chunks).toString()));
        finish();
      };
      // `close` comes after the last byte, `error` instead of it where no process could be started.
      child.once('close', end).once('error', end);
    });
    const stop = (): Promise<void> => {
      child.kill('SIGKILL');
      return ended;
    };
    running.add(stop);
    child.ref();
    channel?.ref();
    channel?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= largestReport) chunks.push(chunk);
      else child.kill('SIGKILL');
    });
  });

const slow = (deadlineMillis: number): InspectFailure =>
  failed('invalid', 'model-too-slow-to-load', `The model did not load within ${deadlineMillis / 1000} s.`);

const tooMuch = (): InspectFailure =>
  failed(
    'invalid',
    'not-an-onnx-model',
    `The names and shapes of the model's inputs and outputs come to more than ${largestReport} bytes.`,
  );

/** What a process reports comes whole or, where it ended before it was done, not at all or in part. */
const outcomeOf = (json: string): Signature | InspectFailure => inspectionReport(parsed(json)) ?? broken();

const parsed = (json: string): unknown => {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
};

const broken = (): InspectFailure =>
  failed(
    'invalid',
    'not-an-onnx-model',
    'The process that loaded the model ended before it was done; the model is broken or needs too much memory.',
  );
