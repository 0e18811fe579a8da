import { createHash } from 'node:crypto';

/** The SHA-256 of what a stream brings, in hexadecimal. */
export const digestOf = async (body: AsyncIterable<Uint8Array>): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of body) hash.update(chunk);
  return hash.digest('hex');
};

/** JSON whose members are in one order, so that equal values have equal text. */
const canonical = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
};

export type SetDigest = { add(member: unknown): void; readonly text: string };

/** Of a set, whatever the order in which its members come: the sum of their SHA-256 modulo 2^256, and how many there are. */
export const setDigest = (): SetDigest => {
  let sum = 0n;
  let count = 0;
  return {
    add(member) {
      sum = (sum + BigInt(`0x${createHash('sha256').update(canonical(member)).digest('hex')}`)) % 2n ** 256n;
      count += 1;
    },
    get text() {
      return `${count} × ${sum.toString(16).padStart(64, '0').slice(0, 16)}`;
    },
  };
};
