import type { EventEmitter } from 'node:events';
import type { Registered, Worker } from './worker.ts';

/** What a trigger works with: settings are those of the app, with its secrets; `token` gives one of the app's identity. */
export type Scene = {
  readonly worker: Worker;
  readonly settings: Readonly<Record<string, string>>;
  readonly token: (audience: string) => Promise<string>;
  /** `fetch` to Azure's hosts. */
  readonly send: (url: string, init?: RequestInit) => Promise<Response>;
  readonly bells: EventEmitter;
  /** `host.json` of the app. */
  readonly host: { readonly extensions?: { readonly queues?: Readonly<Record<string, unknown>> } };
  readonly stopping: AbortSignal;
};

/** A running trigger, which ends soon after `stopping`. */
export type Trigger = Promise<void>;

/** A connection by an identity, as settings have it: where a service is. Throws where it is none, or another identity's than the app's. */
export const connection = (settings: Scene['settings'], name: unknown, property: string): string => {
  const [url, credential, clientId] = [property, 'credential', 'clientId'].map((part) => settings[`${String(name)}__${part}`]);
  if (!url || credential !== 'managedidentity' || clientId !== settings.AZURE_CLIENT_ID)
    throw new Error(`The connection ${String(name)} has no ${property}, or is not of the app's identity.`);
  return url.replace(/\/+$/, '');
};

export const bindingOf = ({ bindings }: Registered, type: string): readonly [string, Registered['bindings'][string]] | undefined =>
  Object.entries(bindings).find(([, binding]) => binding.type === type);

/** Waits until a bell rings, but no longer than so many milliseconds, nor after the trigger is to end. */
export const rung = (bells: EventEmitter, bell: string, millis: number, stopping: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      bells.off(bell, end);
      stopping.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, millis);
    bells.once(bell, end);
    stopping.addEventListener('abort', end);
    if (stopping.aborted) end();
  });
