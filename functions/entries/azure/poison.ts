import type { Json } from '../../../domain/kernel/json.ts';
import { sentOf, unsaidReason } from '../given-up.ts';
import type { Received } from './received.ts';

/** What lies in a poison queue where the entries put it: the message as it was sent, and what they know of it. */
type Poison = { readonly givenUp: { readonly id: string; readonly attempts: number; readonly reason: string }; readonly message: Json };

/** In bytes of JSON: a message of a Storage Queue has at most 64 KB, in base64. */
const largestText = 48 * 1024;
const longestReason = 300;

/** The text for the poison queue; the message alone where there is no room for more. */
export const poisonText = ({ id, attempt, text }: Received, error: unknown): string => {
  const givenUp = { id, attempts: attempt, reason: String(error).slice(0, longestReason) };
  const told = JSON.stringify({ givenUp, message: sentOf(text) } satisfies Poison);
  return Buffer.byteLength(told) <= largestText ? told : text;
};

/** What a poison queue holds: also what the runtime itself has put there, which is the message and nothing else. */
export const poisoned = ({
  id,
  text,
}: Received): { readonly id: string; readonly attempts: number; readonly reason: string; readonly sent: Json } => {
  const told = sentOf(text);
  if (!isPoison(told)) return { id, attempts: 1, reason: unsaidReason, sent: told };
  return { ...told.givenUp, sent: told.message };
};

const isPoison = (told: unknown): told is Poison =>
  typeof told === 'object' && told !== null && 'givenUp' in told && 'message' in told && typeof told.givenUp === 'object';
