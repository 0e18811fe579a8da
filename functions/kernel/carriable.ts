import type { Answer } from './handler.ts';

/**
 * An answer as the transport can carry it: a stream that is larger, and that can be had elsewhere, becomes a redirection there (307, so that the
 * same is asked of it). The limit is in bytes; without one every answer is carried.
 */
export const carriable = async (answer: Answer, largestBytes: number | undefined): Promise<Answer> => {
  const { elsewhere, stream, headers } = answer;
  if (largestBytes === undefined || elsewhere === undefined || Number(headers?.['content-length'] ?? 0) <= largestBytes) return answer;
  if (stream instanceof ReadableStream) await stream.cancel();
  return { status: 307, headers: { location: await elsewhere() } };
};
