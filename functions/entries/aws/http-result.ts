import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { type Failure, failed } from '../../../domain/kernel/failure.ts';
import { carriedBytes, carriedText } from './limits.ts';

type Result = APIGatewayProxyStructuredResultV2;

const textual = /^(?:text\/|application\/(?:json|xml|[\w.-]+\+(?:json|xml))\b)/i;

/** An answer as an HTTP API takes it (payload format 2.0): text as it is, anything else as base64. A failure where it is larger than a call may carry. */
export const resultOf = async (response: Response): Promise<Result | Failure<'answer-too-large'>> => {
  const head = { statusCode: response.status, headers: Object.fromEntries(response.headers) };
  if (response.body === null) return head;
  const isText = textual.test(response.headers.get('content-type') ?? '');
  const bytes = await readUpTo(response, isText ? carriedText : carriedBytes);
  if (bytes === undefined) return tooLarge();
  const body = isText ? textOf(bytes) : undefined;
  if (body !== undefined) return { ...head, body, isBase64Encoded: false };
  return bytes.length > carriedBytes ? tooLarge() : { ...head, body: bytes.toString('base64'), isBase64Encoded: true };
};

const tooLarge = () =>
  failed(
    'too-large',
    'answer-too-large',
    'The answer is larger than the 6 MB of text or 4.5 MB of anything else that a call carries: ask for less at once (a smaller limit, a Range), or for a presigned URL where the route offers a download.',
  );

/** The whole body, or nothing where it is larger; it is not read any further then. */
const readUpTo = async (response: Response, limit: number): Promise<Buffer | undefined> => {
  const body = response.body as ReadableStream<Uint8Array> & AsyncIterable<Uint8Array>;
  if (Number(response.headers.get('content-length') ?? 0) > limit) {
    await body.cancel();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop cancels the stream.
  for await (const chunk of body) {
    size += chunk.length;
    if (size > limit) return undefined;
    chunks.push(chunk);
  }
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? Buffer.from(first.buffer, first.byteOffset, first.length) : Buffer.concat(chunks);
};

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
/** No character takes more in JSON than this (`\u0000`), for one byte of its own. */
const longestEscape = 6;

/** Whether a call carries these bytes of JSON, as text or else as base64. */
export const isCarriedText = (bytes: Uint8Array): boolean =>
  bytes.length <= carriedBytes || (bytes.length <= carriedText && textOf(bytes) !== undefined);

/** Text that is so in UTF-8 and that a call carries as such; else it goes as bytes. */
const textOf = (bytes: Uint8Array): string | undefined => {
  try {
    const text = decoder.decode(bytes);
    const fits = bytes.length * longestEscape <= carriedText || Buffer.byteLength(JSON.stringify(text)) <= carriedText;
    return fits ? text : undefined;
  } catch {
    return undefined;
  }
};
