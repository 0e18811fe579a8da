import { type Failure, failed, Rejected } from '../../domain/kernel/failure.ts';
import { nestsDeeperThan } from '../../domain/kernel/json-nesting.ts';
import type { ObjectBody } from '../../domain/kernel/object-store.ts';

export const tooLarge = (limit: number): Failure =>
  failed('too-large', 'body-too-large', `The body is larger than this route's limit of ${limit} bytes.`);

/** Whether a request announces a body of more bytes than the limit. */
export const saysMoreThan = (request: Request, limit: number): boolean => Number(request.headers.get('content-length') ?? 0) > limit;

/** A body held whole, up to a limit in bytes (413 `body-too-large`); reading stops there. */
export const readBody = async (request: Request, limit: number): Promise<Uint8Array | Failure> => {
  if (saysMoreThan(request, limit)) return tooLarge(limit);
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks);
    size += value.length;
    if (size > limit) {
      void discard(reader).catch(() => undefined);
      return tooLarge(limit);
    }
    chunks.push(value);
  }
};

const mostDiscardedBytes = 64 * 1024 * 1024;

/**
 * Throws away what is left of a refused body, up to a bound. Most clients read the answer only when they have sent all, and cancelling ends the
 * connection: they would hear of a broken pipe and not of what was wrong.
 */
const discard = async (reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> => {
  for (let left = mostDiscardedBytes; left > 0; ) {
    const { done, value } = await reader.read();
    if (done) return;
    left -= value.length;
  }
  await reader.cancel();
};

/** A body as a stream that ends with `Rejected` `body-too-large` past the limit. */
export const limitedBody = (request: Request, limit: number): ObjectBody | Failure => {
  if (saysMoreThan(request, limit)) return tooLarge(limit);
  let size = 0;
  const limiter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.length;
      if (size > limit) controller.error(new Rejected(tooLarge(limit)));
      else controller.enqueue(chunk);
    },
  });
  return (request.body ?? new Blob([]).stream()).pipeThrough(limiter);
};

const maxDepth = 64;

const decoder = new TextDecoder('utf-8', { fatal: true });

// Text that queues and buses refuse or change: half of a surrogate pair, U+FFFE and U+FFFF. An event with it in its data would not come through,
// and what it tells of would be missing in the audit trail.
const noText = /[\p{Surrogate}\uFFFE\uFFFF]/u;
const mayHoldNoText = /\\u(?:d[89a-f]|fff[ef])|[\uFFFE\uFFFF]/i;

const holdsNoText = (json: string): boolean => {
  let holds = false;
  JSON.parse(json, (name, value: unknown) => {
    holds ||= noText.test(name) || (typeof value === 'string' && noText.test(value));
    return value;
  });
  return holds;
};

/** The JSON value of a body; an empty one is `{}`, so that a schema says what is missing. */
export const parseJson = (body: Uint8Array): { readonly value: unknown } | Failure => {
  if (body.length === 0) return { value: {} };
  if (nestsDeeperThan(body, maxDepth)) return failed('invalid', 'json-too-deep', `The JSON nests deeper than ${maxDepth} levels.`);
  try {
    const json = decoder.decode(body);
    if (mayHoldNoText.test(json) && holdsNoText(json))
      return failed('invalid', 'text-not-unicode', 'The JSON holds text that is none: half of a surrogate pair, U+FFFE or U+FFFF.');
    return { value: JSON.parse(json) };
  } catch (error) {
    return failed('malformed', 'malformed-json', `The body is not JSON in UTF-8: ${(error as SyntaxError).message.slice(0, 200)}.`);
  }
};
