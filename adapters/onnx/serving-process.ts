import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readSync, unlinkSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Frame, type FrameHandler, frameReader, frameWriter } from './frames.ts';
import { spawnModelProcess } from './spawn-model-process.ts';

/** A process that runs models, seen from its parent: frames to it, frames from it, and how it ended. */
export type ServingProcess = {
  readonly pid: number | undefined;
  send(frame: Frame, payload: Uint8Array): void;
  /** The id of the frame that the process last began to work on; 0 before the first. Can be asked while it is stuck, and when it has ended. */
  progress(): number;
  /** Whether open work keeps this process alive. */
  hold(held: boolean): void;
  kill(): void;
  /** Fulfilled once the process is gone and everything that it said has been handled; `onEnd` was called then. */
  readonly ended: Promise<void>;
};

export type ServingEvents = { readonly onFrame: FrameHandler; readonly onFrames: () => void; readonly onEnd: () => void };

/** Starts one after `delayMillis`; frames sent before it runs wait for it. */
export const startServingProcess = (events: ServingEvents, delayMillis: number): ServingProcess => {
  const writer = frameWriter();
  const progressFile = openUnlinked();
  let running: { child: ChildProcess; channel: Socket | undefined } | undefined;
  let held = false;
  let over = false;
  let settle: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => {
    settle = resolve;
  });

  const end = (): void => {
    if (over) return;
    over = true;
    clearTimeout(delay);
    events.onEnd();
    closeSync(progressFile);
    settle();
  };

  const start = (): void => {
    const { child, channel } = spawnModelProcess(['serve'], progressFile);
    running = { child, channel };
    // `close` comes after the last byte, `error` instead of it where no process could be started.
    child.once('close', end).once('error', end);
    if (channel === undefined) return;
    const read = frameReader(events.onFrame);
    channel.on('data', (chunk: Buffer) => {
      events.onFrames();
      read(chunk);
    });
    writer.attach(channel);
    hold();
  };

  const hold = (): void => {
    if (held) running?.channel?.ref();
    else running?.channel?.unref();
  };

  const delay = setTimeout(start, delayMillis);
  if (delayMillis === 0) {
    clearTimeout(delay);
    start();
  }

  return {
    get pid() {
      return running?.child.pid;
    },
    send: writer.send,
    progress() {
      const id = Buffer.alloc(4);
      return readSync(progressFile, id, 0, 4, 0) === 4 ? id.readUInt32LE(0) : 0;
    },
    hold(wanted) {
      if (held === wanted) return;
      held = wanted;
      hold();
    },
    kill() {
      if (running === undefined) {
        end();
        return;
      }
      // Its end must be heard of even where nothing else keeps this process alive.
      running.child.ref();
      running.child.kill('SIGKILL');
    },
    ended,
  };
};

/** A file without a name: nothing is left of it, however this process ends. */
const openUnlinked = (): number => {
  const path = join(tmpdir(), `hybrid-model-progress-${randomUUID()}`);
  const file = openSync(path, 'wx+', 0o600);
  unlinkSync(path);
  return file;
};
