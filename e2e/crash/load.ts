import { readFileSync } from 'node:fs';
import type { HttpClient, Reply } from '../../tools/http-client.ts';
import type { Random } from '../random.ts';
import type { Creations, Ledger, Register } from './ledger.ts';

export const endpoint = 'adder';
export const planId = 'crash';

/** Who writes: the platform's administrator and a tenant's. */
export type Callers = { readonly admin: HttpClient; readonly tenant: HttpClient };
export type Load = Callers & { readonly ledger: Ledger; readonly random: Random; readonly stopped: () => boolean };

const modelBytes = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../adapters/conformance/models/${name}.onnx`, import.meta.url)));
const files = ['add-one', 'scalar', 'identity-fp32'].map(modelBytes);

/** The bytes that are uploaded under a key; the same again when it is sent again. */
const bytesFor = (key: string): Uint8Array<ArrayBuffer> => files[Number(key.split('-').at(-1)) % files.length] ?? modelBytes('add-one');

const answerOf = async (sent: Promise<Reply>): Promise<Reply | undefined> => sent.catch(() => undefined);

const isSurprise = (ledger: Ledger, what: string, { status, body }: Reply, expected: number): boolean => {
  if (status === expected) return false;
  ledger.surprises.push(`${what} answered ${status}: ${JSON.stringify(body)}`);
  return true;
};

const infer = async ({ tenant, ledger, random, stopped }: Load): Promise<void> => {
  while (!stopped()) {
    const rows = random.between(1, 5);
    const input = { name: 'x', datatype: 'FP32', shape: [rows, 2], data: Array.from({ length: rows * 2 }, (_, index) => index) };
    const reply = await answerOf(tenant.post(`/v2/models/${endpoint}/infer`, { inputs: [input] }));
    if (reply === undefined) {
      ledger.unansweredInferences++;
      return;
    }
    if (!isSurprise(ledger, 'inference', reply, 200)) ledger.inferences.set(reply.headers.get('x-request-id') ?? '', rows);
  }
};

type Set = { readonly what: string; readonly next: () => string; readonly send: (value: string) => Promise<Reply> };

const setAgainAndAgain = async (register: Register, { ledger, stopped }: Load, { what, next, send }: Set): Promise<void> => {
  while (!stopped()) {
    const value = next();
    register.doubt = { value };
    const reply = await answerOf(send(value));
    if (reply === undefined) return;
    register.doubt = undefined;
    if (isSurprise(ledger, what, reply, 200)) return;
    register.known = value;
    register.set.push(value);
  }
};

const assignAliases = (load: Load, alias: string, register: Register): Promise<void> => {
  // Never what it is already: that would be no event, and the history could not tell.
  const next = () => load.random.oneOf(register.known === '1' ? ['2', '3'] : register.known === '2' ? ['1', '3'] : ['1', '2']);
  const send = (version: string) => load.tenant.put(`/v1/models/${endpoint}/aliases/${alias}`, { version });
  return setAgainAndAgain(register, load, { what: `alias ${alias}`, next, send });
};

const definePlans = (load: Load): Promise<void> => {
  const { plan } = load.ledger;
  const next = () => String(Number(plan.known ?? 0) + 1);
  const send = (flatFee: string) => load.admin.put(`/v1/billing/plans/${planId}`, { name: 'Crash', currency: 'USD', flatFee, prices: [] });
  return setAgainAndAgain(plan, load, { what: 'plan', next, send });
};

/** Sends a creation under its Idempotency-Key; true where it was acknowledged. */
export const create = async (
  ledger: Ledger,
  creations: Creations,
  key: string,
  [member, send]: readonly [member: 'version' | 'id', send: (key: string) => Promise<Reply>],
): Promise<boolean> => {
  creations.doubt = { value: key };
  const reply = await answerOf(send(key));
  if (reply === undefined) return false;
  creations.doubt = undefined;
  if (isSurprise(ledger, key, reply, 201)) return false;
  const created = String((reply.body as Record<string, unknown>)[member]);
  const before = creations.created.get(key);
  if (before !== undefined && before !== created) ledger.surprises.push(`${key} was ${before} and became ${created}`);
  creations.created.set(key, created);
  return true;
};

export const uploading = ({ tenant }: Callers) =>
  ['version', (key: string) => tenant.post('/v1/models/uploads/versions', bytesFor(key), { 'idempotency-key': key })] as const;

export const creatingKeys = ({ tenant }: Callers) =>
  ['id', (key: string) => tenant.post('/v1/api-keys', { name: key, roles: ['viewer'] }, { 'idempotency-key': key })] as const;

const createAgainAndAgain = async (load: Load, name: string, creations: Creations, how: Parameters<typeof create>[3]): Promise<void> => {
  while (!load.stopped()) if (!(await create(load.ledger, creations, `${name}-${creations.next++}`, how))) return;
};

/** Everything at once, until it is stopped or the platform is gone. */
export const runLoad = async (load: Load): Promise<void> => {
  const { ledger } = load;
  await Promise.all([
    ...Array.from({ length: 4 }, () => infer(load)),
    ...Object.entries(ledger.aliases).map(([alias, register]) => assignAliases(load, alias, register)),
    definePlans(load),
    createAgainAndAgain(load, 'upload', ledger.versions, uploading(load)),
    createAgainAndAgain(load, 'key', ledger.keys, creatingKeys(load)),
  ]);
};
