import type { JsonObject } from '../../domain/kernel/json.ts';

const text = { type: 'string' } as const;
const header = (name: string, description: string, schema: JsonObject = text): JsonObject => ({ name, in: 'header', description, schema });

/** Request headers that operations share, by the name of their component. */
export const parameters: JsonObject = {
  traceparent: header('traceparent', 'W3C Trace Context: the trace that this request belongs to'),
  IdempotencyKey: header(
    'Idempotency-Key',
    'Makes the request safe to send again: for 24 hours the same key gets the first answer again. With another body it is 422, while the first is in progress 409.',
    { ...text, minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  ),
  ContentDigest: header('Content-Digest', 'RFC 9530: the SHA-256 of the body; where it differs, nothing is kept', {
    ...text,
    examples: ['sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:'],
  }),
  IfMatch: header('If-Match', 'Only where the current ETag is this one; else 412'),
  IfNoneMatch: header('If-None-Match', '"*": only where there is nothing yet; else 412', { ...text, enum: ['*'] }),
  Range: header('Range', 'RFC 9110, one range of bytes', { ...text, examples: ['bytes=0-1023'] }),
};

const answered = (description: string, schema: JsonObject = text): JsonObject => ({ description, schema });

/** Headers of answers, by the name of their component. */
export const headers: JsonObject = {
  traceparent: answered('W3C Trace Context: the trace id under which the logs tell of this request'),
  ETag: answered('For If-Match, and for caches'),
  Location: answered('Where that is which was created', { ...text, format: 'uri-reference' }),
  IdempotencyReplayed: answered('Present where this is the first answer again', { ...text, enum: ['true'] }),
};

export const securitySchemes: JsonObject = {
  bearer: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'hyb_<tenant>_<id>_<secret>',
    description: 'An API key of a tenant, or of the platform',
  },
  signed: {
    type: 'apiKey',
    in: 'query',
    name: 'signature',
    description: 'The URL itself is the grant: one method on one object until it expires. Use it unchanged.',
  },
};

export const parameterRef = (name: string): JsonObject => ({ $ref: `#/components/parameters/${name}` });
export const headerRef = (name: string): JsonObject => ({ $ref: `#/components/headers/${name}` });
