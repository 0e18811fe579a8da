import type { Json, JsonObject } from '../../../../domain/kernel/json.ts';
import { type FakeRequest, json, Refusal } from '../server.ts';

/** A published event as it came: attributes, extensions and data side by side. */
export type PublishedEvent = JsonObject;

const batchBytes = 1024 * 1024;
const single = 'application/cloudevents+json';
const batched = 'application/cloudevents-batch+json';

export const refusedPublish = (status: number, code: string, message: string): Refusal =>
  new Refusal(json(status, { error: { code, message, details: [{ code, message }] } }));

const invalid = (reason: string): Refusal =>
  refusedPublish(
    400,
    'BadRequest',
    `This resource is configured to receive event in 'CloudEventV10' schema. The JSON received does not conform to the expected schema. ${reason}`,
  );

/**
 * The events of a publish: one, or an array. All are taken or none. Throws `Refusal`: 400 for what is no CloudEvent 1.0
 * (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md), 413 for more than 1 MB.
 */
export const eventsOf = (request: FakeRequest): readonly PublishedEvent[] => {
  const type = request.header('content-type')?.split(';')[0]?.trim();
  if (type !== single && type !== batched) throw invalid(`The content type is ${type}.`);
  if (request.body.length > batchBytes)
    throw refusedPublish(413, 'RequestEntityTooLarge', `The maximum size (${batchBytes}) has been exceeded.`);
  const sent = parsed(request.body.toString());
  const events = type === batched ? sent : [sent];
  if (!Array.isArray(events)) throw invalid('A batch is an array.');
  for (const [index, event] of events.entries()) {
    const problem = problemOf(event);
    if (problem !== undefined) throw invalid(`Event ${index}: ${problem}`);
  }
  return events as readonly PublishedEvent[];
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid('It is no JSON.');
  }
};

const required = ['id', 'source', 'type'] as const;
const optional = ['subject', 'datacontenttype', 'dataschema'] as const;
const payload = ['data', 'data_base64'];
const timestamp = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

const problemOf = (event: unknown): string | undefined => {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return 'it is no object.';
  const attributes = event as JsonObject;
  if (attributes.specversion !== '1.0') return 'specversion is not 1.0.';
  const missing = required.find((name) => !isText(attributes[name]));
  if (missing !== undefined) return `${missing} is not a string with something in it.`;
  const wrong = optional.find((name) => isGiven(attributes[name]) && !isText(attributes[name]));
  if (wrong !== undefined) return `${wrong} is not a string with something in it.`;
  if (isGiven(attributes.time) && !timestamp.test(String(attributes.time))) return 'time is no RFC 3339 timestamp.';
  if (isGiven(attributes.data) && isGiven(attributes.data_base64)) return 'it has both data and data_base64.';
  return extensionProblem(attributes);
};

const extensionProblem = (attributes: JsonObject): string | undefined => {
  for (const [name, value] of Object.entries(attributes)) {
    if (payload.includes(name)) continue;
    if (!/^[a-z0-9]+$/.test(name)) return `the attribute ${name} is not named by lower-case letters and digits.`;
    if (typeof value === 'object' && value !== null) return `the attribute ${name} has no simple value.`;
  }
  return undefined;
};

const isGiven = (value: Json | undefined): boolean => value !== undefined && value !== null;
const isText = (value: Json | undefined): boolean => typeof value === 'string' && value !== '';
