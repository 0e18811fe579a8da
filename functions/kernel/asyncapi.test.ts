import { createRequire } from 'node:module';
import { Ajv, type AnySchemaObject } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import type { CloudEvent } from '../../domain/kernel/cloud-event.ts';
import { contexts } from '../contexts.ts';
import { asyncApi } from './asyncapi.ts';

const specification = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json') as AnySchemaObject;
type Message = { readonly payload: AnySchemaObject };
type Operation = { readonly action: string; readonly channel: { readonly $ref: string }; readonly messages: { readonly $ref: string }[] };
type Document = {
  readonly channels: Record<string, { readonly address: string }>;
  readonly operations: Record<string, Operation>;
  readonly components: { readonly messages: Record<string, Message>; readonly schemas: object };
};
const document = asyncApi(contexts) as unknown as Document;
const published = contexts.flatMap(({ publishes }) => publishes);
const validator = () => formats.default(new Ajv({ strict: false, allErrors: true }));

describe('the AsyncAPI document of the platform', () => {
  it('is valid by the schema of AsyncAPI 3.0', () => {
    const validate = validator().compile(specification);
    validate(asyncApi(contexts));
    expect(validate.errors).toBeNull();
  });

  it('refers to nothing that it does not have', () => {
    const text = JSON.stringify(document);
    const has = (ref: string) =>
      ref
        .split('/')
        .slice(1)
        .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document);
    const refs = [...new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] as string))];
    expect(refs.length).toBeGreaterThan(published.length);
    expect(refs.filter((ref) => has(ref) === undefined)).toEqual([]);
  });

  it('has a channel and a sender for every event that is published', () => {
    expect(Object.values(document.channels).map(({ address }) => address)).toEqual(published.map(({ type }) => type));
    const senders = Object.values(document.operations).filter(({ action }) => action === 'send');
    expect(senders.map(({ channel }) => channel.$ref)).toEqual(published.map(({ context, name }) => `#/channels/${context}.${name}`));
  });

  it('has a receiver for every event that a subscriber hears', () => {
    const heard = contexts.flatMap(({ name, subscribers }) =>
      Object.entries(subscribers).flatMap(([subscriber, { to }]) =>
        (to === '*' ? published : to).map((event) => `${name}.on-${subscriber}.${event.context}.${event.name}`),
      ),
    );
    const receivers = Object.entries(document.operations).filter(([, { action }]) => action === 'receive');
    expect(receivers.map(([id]) => id)).toEqual(heard);
  });

  it('has payloads that an event as it is published fits, and another does not', () => {
    const payload = document.components.messages['identity.tenant-suspended']?.payload;
    const validate = validator().compile({ ...payload, components: document.components });
    const event: CloudEvent = {
      ...{
        specversion: '1.0',
        id: '1',
        source: 'urn:hybrid:identity',
        type: 'ai.hybrid-platform.identity.tenant-suspended.v1',
        subject: 'tenant',
      },
      ...{ time: '2026-11-21T12:00:00.000Z', datacontenttype: 'application/json', tenantid: 'acme', principal: 'bootstrap', sequence: '2' },
      data: { tenant: 'acme' },
    };
    expect(validate(event)).toBe(true);
    expect(validate({ ...event, data: {} })).toBe(false);
    expect(validate({ ...event, type: 'another' })).toBe(false);
  });

  it('is the same every time', () => {
    expect(JSON.stringify(asyncApi(contexts))).toBe(JSON.stringify(document));
  });
});
