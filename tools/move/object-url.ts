import { createHash } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { BlockList, isIPv6 } from 'node:net';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { sha256OfKey } from '../../domain/kernel/object-rules.ts';
import type { ObjectEntry } from './platform.ts';

const inside = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  inside.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  inside.addSubnet(net, bits, 'ipv6');

/** None where the name is not known: then there is nothing to call either. */
const addressesOf = (hostname: string): Promise<readonly string[]> =>
  lookup(hostname.replace(/^\[|\]$/g, ''), { all: true }).then(
    (found) => found.map(({ address }) => address),
    () => [],
  );
const isInside = (address: string): boolean => inside.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
const isLoopback = (hostname: string): boolean => /^(localhost|127\..*|\[::1\])$/.test(hostname);

/**
 * Throws where a platform grants a URL that whoever moves should not call: he may sit in a network that the platform's owner does not see, and what
 * answers there would be brought to the other side. A platform on this machine may name what it likes, any other one its own host, or one that
 * everybody reaches by TLS.
 */
export const checkGranted = async (granted: string, platform: string): Promise<void> => {
  const [url, own] = [new URL(granted), new URL(platform)];
  if (url.origin === own.origin || isLoopback(own.hostname)) return;
  const refused = (why: string) =>
    new Rejected(failed('forbidden', 'url-refused', `${own.host} grants a URL at ${url.host}, which ${why}; it is not called.`));
  if (url.protocol !== 'https:') throw refused('is not asked by TLS');
  if ((await addressesOf(url.hostname)).some(isInside)) throw refused('is an address inside a network');
};

/**
 * What a download brings, as long as it is what was announced: no byte more or less, and of the digest that its key ends with, where it does. The last
 * bytes are held back until that is known, so that nothing else is ever stored whole.
 */
export async function* asAnnounced(body: AsyncIterable<Uint8Array>, { key, sizeBytes }: ObjectEntry): AsyncGenerator<Uint8Array> {
  const damaged = (what: string) => new Rejected(failed('unavailable', 'object-damaged', `What came of ${key} ${what}.`));
  const hash = createHash('sha256');
  let size = 0;
  let last: Uint8Array | undefined;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > sizeBytes) throw damaged(`has more than the ${sizeBytes} bytes that were announced`);
    hash.update(chunk);
    if (last !== undefined) yield last;
    last = chunk;
  }
  if (size < sizeBytes) throw damaged(`has ${size} of the ${sizeBytes} bytes that were announced`);
  const promised = sha256OfKey(key);
  if (promised !== undefined && promised !== hash.digest('hex')) throw damaged('is not what its key says');
  if (last !== undefined) yield last;
}
