import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Listening } from '../grpc.ts';
import { type Kind, kind } from '../provider/kind.ts';
import { startProvider } from '../provider/provider.ts';

const letters = 'abcdefghijklmnopqrstuvwxyz';
const Characters = z.object({
  length: z.number(),
  lower: z.boolean().default(true),
  upper: z.boolean().default(true),
  numeric: z.boolean().default(true),
  special: z.boolean().default(true),
  overrideSpecial: z.string().optional(),
});

const charactersOf = ({ lower, upper, numeric, special, overrideSpecial }: z.output<typeof Characters>): string =>
  [lower && letters, upper && letters.toUpperCase(), numeric && '0123456789', special && (overrideSpecial ?? '!@#$%&*()-_=+[]{}<>:?')]
    .filter((part) => typeof part === 'string')
    .join('');

const text = (inputs: z.output<typeof Characters>): string => {
  const from = charactersOf(inputs);
  return Array.from({ length: inputs.length }, () => from.charAt(randomInt(from.length))).join('');
};

type Parts<I extends z.ZodType, C extends readonly string[]> = {
  readonly name: string;
  readonly inputs: I;
  readonly computes: C;
  readonly secrets?: readonly string[];
  readonly make: (inputs: z.output<I>) => { readonly [P in C[number]]: string };
};

/** What is random is made once and lives in the state alone; any other input makes another one. */
const once = <I extends z.ZodType, const C extends readonly string[]>({ name, inputs, computes, secrets = [], make }: Parts<I, C>): Kind =>
  kind({
    type: `random:index/${name.charAt(0).toLowerCase()}${name.slice(1)}:${name}`,
    inputs,
    computes,
    replacedBy: ['length', 'byteLength', 'keepers', 'lower', 'upper', 'numeric', 'special', 'overrideSpecial', 'prefix'],
    secrets,
    create: async (given) => {
      const made = make(given);
      return { id: secrets.length > 0 ? 'none' : String(Object.values(made)[0]), computed: made };
    },
    read: async (_id, state) => ({ computed: Object.fromEntries(computes.map((computed) => [computed, state[computed]])) }),
    remove: async () => {},
  });

const Bytes = z.object({ byteLength: z.number().optional(), length: z.number().optional() });
const bytesOf = ({ byteLength, length }: z.output<typeof Bytes>) => {
  const bytes = randomBytes(byteLength ?? length ?? 8);
  const [hex, base64] = [bytes.toString('hex'), bytes.toString('base64')];
  return { hex, base64, b64Std: base64, b64Url: bytes.toString('base64url') };
};

const kinds = [
  once({
    name: 'RandomPassword',
    inputs: Characters,
    computes: ['result', 'bcryptHash'],
    secrets: ['result', 'bcryptHash'],
    make: (inputs) => ({ result: text(inputs), bcryptHash: '' }),
  }),
  once({ name: 'RandomString', inputs: Characters, computes: ['result'], make: (inputs) => ({ result: text(inputs) }) }),
  once({ name: 'RandomBytes', inputs: Bytes, computes: ['hex', 'base64'], secrets: ['hex', 'base64'], make: bytesOf }),
  once({ name: 'RandomId', inputs: Bytes, computes: ['hex', 'b64Std', 'b64Url'], make: bytesOf }),
  once({ name: 'RandomUuid', inputs: z.object({}), computes: ['result'], make: () => ({ result: randomUUID() }) }),
];

/** A provider of the `random` package. */
export const startRandomProvider = (): Promise<Listening> => {
  const kindOf = (type: string): Kind => {
    const known = kinds.find((candidate) => candidate.type === type);
    if (known === undefined) throw new Error(`${type} is not among the kinds of this provider`);
    return known;
  };
  const invoke = async (token: string): Promise<object> => {
    throw new Error(`${token} is not among what this provider can be asked`);
  };
  return startProvider({ version: '4.21.2', kindOf, folder: process.cwd, invoke });
};
