import { failed, Rejected } from './failure.ts';
import type { Json } from './json.ts';
import type { OutgoingMessage } from './queue.ts';
import { platformTenant } from './tenancy.ts';

/** What holds for messages wherever they are kept. In bytes of JSON. */
export const largestMessage = 256 * 1024;
const longestDelaySeconds = 900;
const utf8 = new TextEncoder();

export const messageTooLarge = (): Rejected =>
  new Rejected(failed('too-large', 'message-too-large', `A message is at most ${largestMessage} bytes of JSON.`));

/** The bytes that a message has as JSON. */
export const bytesOfMessage = (json: string): number => utf8.encode(json).length;

/** Throws `Rejected` `message-too-large` or `invalid-delay` for what no queue takes; gives the body as JSON. */
export const checkedMessage = ({ body, delaySeconds = 0 }: OutgoingMessage): string => {
  if (!(delaySeconds >= 0 && delaySeconds <= longestDelaySeconds))
    throw new Rejected(failed('invalid', 'invalid-delay', `A delay is 0 to ${longestDelaySeconds} seconds, not ${delaySeconds}.`));
  const json = JSON.stringify(body);
  if (bytesOfMessage(json) > largestMessage) throw messageTooLarge();
  return json;
};

/** Whose a message is by its body: CloudEvents' `tenantid`, or `tenant`; else the platform's. */
export const tenantInBody = (body: Json): string => {
  const { tenantid, tenant } = (typeof body === 'object' && body !== null ? body : {}) as {
    readonly tenantid?: Json;
    readonly tenant?: Json;
  };
  return typeof tenantid === 'string' ? tenantid : typeof tenant === 'string' ? tenant : platformTenant;
};
