import type { FileHandle } from 'node:fs/promises';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { ByteRange, ObjectBody } from '../../domain/kernel/object-store.ts';

const chunkBytes = 256 * 1024;

/** First byte and length of what a range selects of an object, clipped at its end; undefined where it selects nothing (RFC 9110, section 14.1.2). */
export const selected = (
  sizeBytes: number,
  range: ByteRange | undefined,
): { readonly start: number; readonly length: number } | undefined => {
  if (range === undefined) return { start: 0, length: sizeBytes };
  const end = Math.min(range.end ?? sizeBytes - 1, sizeBytes - 1);
  return range.start < 0 || range.start > end ? undefined : { start: range.start, length: end - range.start + 1 };
};

const cutShort = (): Rejected =>
  new Rejected(failed('unavailable', 'object-damaged', 'The file of this object ends before its recorded size.'));

/** Streams a part of an open file, a chunk for each the consumer asks for, and closes it at the end, on an error or when the consumer cancels. */
export const fileBody = (handle: FileHandle, start: number, length: number): ObjectBody => {
  let [position, left] = [start, length];
  const next = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    if (left > 0) {
      const { buffer, bytesRead } = await handle.read(
        Buffer.allocUnsafeSlow(Math.min(chunkBytes, left)),
        0,
        Math.min(chunkBytes, left),
        position,
      );
      if (bytesRead === 0) throw cutShort();
      [position, left] = [position + bytesRead, left - bytesRead];
      controller.enqueue(buffer.subarray(0, bytesRead));
    }
    if (left > 0) return;
    await handle.close();
    controller.close();
  };
  const pull = (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> =>
    next(controller).catch(async (error: unknown) => {
      await handle.close();
      throw error;
    });
  return new ReadableStream({ pull, cancel: () => handle.close() }, { highWaterMark: 0 });
};
