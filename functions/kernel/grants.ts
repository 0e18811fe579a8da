import { type Failure, failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Uses, Verb } from './context.ts';

/** Which methods of a port a verb allows. What is not listed here nobody may call. */
const methodsOf: Record<Verb, readonly string[]> = {
  read: ['get', 'batchGet', 'query', 'queryIndex', 'head', 'list', 'read', 'history', 'timeline', 'stateAt', 'states', 'statesByIndex'],
  // The state of an aggregate is one item.
  get: ['get', 'read'],
  scan: ['scan'],
  append: ['handle', 'transact', 'put', 'delete'],
  put: ['put', 'write', 'copy', 'startMultipart', 'putPart', 'completeMultipart', 'abortMultipart'],
  delete: ['delete'],
  presign: ['presign'],
  send: ['send'],
  inspect: ['inspect'],
  load: ['load'],
  invoke: ['invoke'],
  remove: ['remove'],
  record: ['record'],
  redrive: ['redrive'],
  publish: ['publish'],
  serve: ['serve'],
  settle: [],
  acknowledge: [],
};

const ungranted = (resource: string, method: string): Failure<'not-granted'> =>
  failed('forbidden', 'not-granted', `This function does not declare that it uses "${method}" of "${resource}".`);

/** Whether a function reached for what it did not declare: our mistake, so a caller must not take it for his own. */
export const isUngranted = ({ code }: Failure): boolean => code === 'not-granted';

/** Ports that are no resource: everyone has them. */
const free = new Set(['clock', 'ids', 'log', 'settled', 'documents']);

/**
 * The ports that a function declared, and of each only the verbs it declared; anything else is refused as a cloud's role would refuse it,
 * so that a missing grant shows on the laptop.
 */
export const grant = <Ports extends object>(ports: Ports, uses: Uses): Ports =>
  Object.fromEntries(
    Object.entries(ports)
      .filter(([name]) => free.has(name) || uses[name] !== undefined)
      .map(([name, port]) => [
        name,
        free.has(name) ? port : restricted(name, port as object, new Set((uses[name] ?? []).flatMap((verb) => methodsOf[verb]))),
      ]),
  ) as Ports;

const restricted = (resource: string, port: object, methods: ReadonlySet<string>): object =>
  new Proxy(port, {
    get(target, property, receiver) {
      const value: unknown = Reflect.get(target, property, receiver);
      if (property === 'events') return restricted(resource, value as object, methods);
      if (typeof value !== 'function' || methods.has(String(property))) return value;
      return () => Promise.reject(new Rejected(ungranted(resource, String(property))));
    },
  });
