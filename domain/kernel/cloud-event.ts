import type { JsonObject } from './json.ts';

/**
 * The envelope between contexts: CloudEvents 1.0 (https://github.com/cloudevents/spec) with the extension attributes
 * `tenantid`, `principal`, `sequence` (the aggregate's version, so that a projection can ignore what is older) and
 * `traceparent` (W3C Trace Context). `source` and `id` together are the idempotency key of every consumer.
 */
export type CloudEvent<Data extends JsonObject = JsonObject> = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly tenantid: string;
  readonly principal: string;
  readonly sequence: string;
  readonly traceparent?: string;
  readonly data: Data;
};
