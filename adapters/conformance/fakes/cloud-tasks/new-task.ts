import { randomInt } from 'node:crypto';
import type { Json, JsonObject } from '../../../../domain/kernel/json.ts';
import { googleRefusal } from '../google-errors.ts';
import { type HttpTarget, type Queue, secondsOf, type Task, timestampOf } from './resources.ts';

const taskBytes = 100 * 1024;
const headerBytes = 80 * 1024;
const urlCharacters = 2083;
const scheduleDays = 30;
const methods = ['HTTP_METHOD_UNSPECIFIED', 'POST', 'GET', 'HEAD', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'];
const ownHeaders = /^(host|content-length|user-agent|x-google-.*|x-appengine-.*)$/i;

const invalid = (message: string) => googleRefusal('INVALID_ARGUMENT', message);

/** A task as it was asked for. Throws `Refusal`: 400 for what the reference does not allow, 409 for a name that is or was lately in use. */
export const taskOf = (queue: Queue, sent: JsonObject, now: number): Task => {
  if (Buffer.byteLength(JSON.stringify(sent)) > taskBytes) throw invalid('Task size too large');
  const name = nameOf(queue, sent.name, now);
  const dispatchDeadline = (sent.dispatchDeadline as string | undefined) ?? '600s';
  const seconds = secondsOf(dispatchDeadline);
  if (!(seconds >= 15 && seconds <= 1800)) throw invalid('Task.dispatch_deadline must be between [15s, 30m].');
  return {
    name,
    target: targetOf(sent.httpRequest),
    createTime: timestampOf(now),
    dispatchDeadline,
    scheduleTime: timestampOf(scheduledAt(sent.scheduleTime, now)),
    dispatchCount: 0,
    responseCount: 0,
    executionCount: 0,
  };
};

/** What is in the past is now. */
const scheduledAt = (time: Json | undefined, now: number): number => {
  if (time === undefined) return now;
  const at = Date.parse(String(time));
  if (Number.isNaN(at)) throw invalid('Task.schedule_time is no timestamp.');
  if (at > now + scheduleDays * 24 * 3600 * 1000) throw invalid('Task.schedule_time must be within 30 days of the current time.');
  return Math.max(at, now);
};

const nameOf = (queue: Queue, name: Json | undefined, now: number): string => {
  if (name === undefined || name === '') return `${queue.name}/tasks/${randomInt(2 ** 47)}`;
  const prefix = `${queue.name}/tasks/`;
  if (typeof name !== 'string' || !name.startsWith(prefix) || !/^[A-Za-z0-9_-]{1,500}$/.test(name.slice(prefix.length)))
    throw invalid('Task name must be formatted: "projects/<PROJECT_ID>/locations/<LOCATION_ID>/queues/<QUEUE_ID>/tasks/<TASK_ID>"');
  if (queue.tasks.has(name)) throw googleRefusal('ALREADY_EXISTS', 'Requested entity already exists');
  if ((queue.usedNames.get(name) ?? 0) > now)
    throw googleRefusal('ALREADY_EXISTS', 'The task cannot be created because a task with this name existed too recently.');
  return name;
};

const targetOf = (sent: Json | undefined): HttpTarget => {
  if (typeof sent !== 'object' || sent === null) throw invalid('The fake takes tasks with an HTTP request only.');
  const { url, httpMethod = 'POST', headers = {}, body, oidcToken } = sent as Partial<Record<keyof HttpTarget, Json>>;
  if (typeof url !== 'string' || !/^https?:\/\//.test(url) || url.length > urlCharacters)
    throw invalid('HttpRequest.url must begin with http:// or https://.');
  const method = typeof httpMethod === 'number' ? methods[httpMethod] : String(httpMethod);
  if (method === undefined || !methods.includes(method)) throw invalid('HttpRequest.http_method is unknown.');
  if (Buffer.byteLength(JSON.stringify(headers)) > headerBytes) throw invalid('HttpRequest.headers are larger than 80KB.');
  if (body !== undefined && body !== '' && !['HTTP_METHOD_UNSPECIFIED', 'POST', 'PUT', 'PATCH'].includes(method))
    throw invalid('HTTP request body is only allowed for POST, PUT and PATCH.');
  return {
    url,
    httpMethod: method === 'HTTP_METHOD_UNSPECIFIED' ? 'POST' : method,
    headers: Object.fromEntries(Object.entries(headers as Record<string, string>).filter(([name]) => !ownHeaders.test(name))),
    ...(body === undefined ? {} : { body: String(body) }),
    ...(oidcToken === undefined ? {} : { oidcToken: oidcOf(oidcToken) }),
  };
};

const oidcOf = (sent: Json): NonNullable<HttpTarget['oidcToken']> => {
  const { serviceAccountEmail, audience } = sent as { readonly serviceAccountEmail?: string; readonly audience?: string };
  if (!/^[^@]+@[^@]+$/.test(serviceAccountEmail ?? '')) throw invalid('OidcToken.service_account_email is required.');
  return { serviceAccountEmail: serviceAccountEmail ?? '', ...(audience ? { audience } : {}) };
};
