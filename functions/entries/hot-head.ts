import { type HotTarget, hotTarget } from '../inference/hot-path.ts';

/** What the head of an inference request says. */
export type HotHead = {
  readonly target: HotTarget;
  readonly contentLength: number;
  readonly authorization: string | undefined;
  readonly traceparent: string | undefined;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
};

/** Headers whose value the answer depends on; one that comes twice is for node's parser to judge. */
const read = new Set(['host', 'content-length', 'authorization', 'traceparent', 'content-type', 'content-encoding', 'connection']);
/** Headers that change how a message is framed or what becomes of its connection. */
const framing = new Set(['transfer-encoding', 'expect', 'upgrade', 'te', 'trailer', 'keep-alive', 'proxy-connection', 'http2-settings']);

// RFC 9112 §3 and §5, narrowed to what every client sends; anything else is not judged here.
const requestLine = /^POST (\/v2\/models\/[\x21-\x7e]+) HTTP\/1\.1$/;
// One way to match each line, so that none takes longer than it is long: spaces around a value are cut off afterwards, a tab is node's.
const field = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\x20-\x7e]*)$/;
const digits = /^(?:0|[1-9]\d{0,8})$/;

/**
 * Reads the head of an inference request (the text before the empty line), where it is of the plainest kind: HTTP/1.1, one `Content-Length`, nothing
 * that changes the framing. Nothing where it is anything else: then node's own parser has the word, and refuses what is wrong.
 */
export const parseHotHead = (text: string): HotHead | undefined => {
  const [first = '', ...lines] = text.split('\r\n');
  const target = hotTarget('POST', requestLine.exec(first)?.[1]);
  if (target === undefined) return undefined;
  const values = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = field.exec(line) ?? [];
    if (name === undefined || value === undefined) return undefined;
    const known = name.toLowerCase();
    if (framing.has(known) || (read.has(known) && values.has(known))) return undefined;
    values.set(known, value.trim());
  }
  const contentLength = values.get('content-length');
  const keepsOpen = (values.get('connection') ?? 'keep-alive').toLowerCase() === 'keep-alive';
  if (!keepsOpen || !values.get('host') || contentLength === undefined || !digits.test(contentLength)) return undefined;
  return {
    target,
    contentLength: Number(contentLength),
    authorization: values.get('authorization'),
    traceparent: values.get('traceparent'),
    contentType: values.get('content-type'),
    contentEncoding: values.get('content-encoding'),
  };
};
