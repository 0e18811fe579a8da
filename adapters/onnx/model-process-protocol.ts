import type { ModelRef } from '../../domain/kernel/model-host.ts';

/** Frames to a model process. `first` is the slot, a number under which the process keeps one session. */
export const command = { load: 1, ready: 2, run: 3, unload: 4 } as const;

/** Frames from it. An answer's `first` is rows, its `second` microseconds inside the run; a failure's payload is the failure as JSON. */
export const report = { started: 1, loaded: 2, done: 3, failed: 4 } as const;

/** The payload of `load`, as JSON. */
export type LoadOrder = { readonly path: string; readonly model: ModelRef };

/** What the process finds open when it starts: the channel, a pipe that closes with its parent, and the file that says which frame it works on. */
export const processFiles = { channel: 3, lifeline: 4, progress: 5 } as const;
