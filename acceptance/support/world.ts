import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setWorldConstructor, World } from '@cucumber/cucumber';
import type { HttpClient, Reply } from '../../tools/http-client.ts';
import { caller, stranger } from './platform.ts';

/** What a scenario knows: who calls, what was answered last, and what it wrote down by name. */
export class Scenario extends World {
  /** Callers by the name that the scenario gives them. */
  readonly callers = new Map<string, HttpClient>([
    ['the platform', caller()],
    ['nobody', stranger()],
  ]);
  /** The real id of a tenant by the name that the scenario gives it. */
  readonly tenants = new Map<string, string>();
  readonly notes = new Map<string, unknown>();
  /** Makes names unique in the run that the scenario may say again, such as a plan's. */
  readonly suffix = randomBytes(4).toString('hex');
  speaker = 'nobody';
  replies: readonly Reply[] = [];

  get client(): HttpClient {
    return this.as(this.speaker);
  }

  get admin(): HttpClient {
    return caller();
  }

  /** The last answer. */
  get reply(): Reply {
    const last = this.replies.at(-1);
    assert.ok(last, 'nothing was asked yet');
    return last;
  }

  as(name: string): HttpClient {
    const found = this.callers.get(name);
    assert.ok(found, `the scenario has no caller "${name}"`);
    return found;
  }

  tenantId(name: string): string {
    const id = this.tenants.get(name);
    assert.ok(id, `the scenario has no tenant "${name}"`);
    return id;
  }

  async answered(reply: Promise<Reply>): Promise<Reply> {
    const got = await reply;
    this.replies = [...this.replies, got];
    return got;
  }

  noted<T>(name: string): T {
    assert.ok(this.notes.has(name), `the scenario noted no "${name}"`);
    return this.notes.get(name) as T;
  }

  /** Text of a feature with the ids that it means: `{tenant acme}` and `{note first key}`. */
  filled(text: string): string {
    const tenants = text.replaceAll(/\{tenant ([^}]+)\}/g, (_, name: string) => this.tenantId(name));
    return tenants.replaceAll(/\{note ([^}]+)\}/g, (_, name: string) => String(this.noted(name))).replaceAll('{unique}', this.suffix);
  }
}

setWorldConstructor(Scenario);

/** A member of an answer by its path, `lines.0.amount`. */
export const memberOf = (body: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], body);

/** The body, where the status is as expected; otherwise the assertion shows what came. */
export const bodyOf = <Body = unknown>({ status, body }: Reply, expected: number): Body => {
  assert.equal(status, expected, `expected ${expected}, got ${status}: ${JSON.stringify(body).slice(0, 1000)}`);
  return body as Body;
};
