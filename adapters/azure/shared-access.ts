import { createHmac } from 'node:crypto';
import type { Clock } from '../../domain/kernel/clock.ts';
import { textOf } from '../cloud/xml.ts';
import type { AzureClient } from './client.ts';
import { blobs, storageVersion } from './services.ts';

export type SharedAccess = {
  /** The query with which anyone may do what `permissions` says (`r`, `cw`) to one blob, for so many seconds. */
  grant(name: string, permissions: string, seconds: number): Promise<string>;
};

type DelegationKey = Readonly<Record<'oid' | 'tid' | 'start' | 'expiry' | 'service' | 'version' | 'value', string>>;

const longestKeyMillis = 7 * 24 * 3600 * 1000;
/** Clocks differ: a key holds from a little before now. */
const skewMillis = 60_000;

/** To the second, as signatures have it. */
const secondOf = (millis: number): string => `${new Date(millis).toISOString().slice(0, 19)}Z`;

/** `https://<account>.blob.…/<container>`, or with the account in the path, as an emulator has it. */
const partsOf = (containerUrl: string) => {
  const { host, origin, pathname } = new URL(containerUrl);
  const segments = pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const [account = '', container = ''] = segments.length > 1 ? segments : [host.split('.')[0], ...segments];
  return { account, container, service: segments.length > 1 ? `${origin}/${account}` : origin };
};

/**
 * Shared access signatures that the function's own identity gives, by a user delegation key
 * (https://learn.microsoft.com/rest/api/storageservices/create-user-delegation-sas). A key is asked for when none at hand holds long enough.
 */
export const sharedAccess = (client: AzureClient, containerUrl: string, clock: Clock): SharedAccess => {
  let known: { readonly key: Promise<DelegationKey>; readonly until: number } | undefined;

  const askForKey = async (now: number, until: number): Promise<DelegationKey> => {
    const xml = `<?xml version="1.0" encoding="utf-8"?><KeyInfo><Start>${secondOf(now - skewMillis)}</Start><Expiry>${secondOf(until)}</Expiry></KeyInfo>`;
    const { body } = await client.call(blobs, {
      operation: 'GetUserDelegationKey',
      method: 'POST',
      url: `${partsOf(containerUrl).service}/?restype=service&comp=userdelegationkey`,
      headers: { 'content-type': 'application/xml' },
      body: xml,
    });
    const read = (name: string): string => textOf(body, name) ?? '';
    return {
      oid: read('SignedOid'),
      tid: read('SignedTid'),
      start: read('SignedStart'),
      expiry: read('SignedExpiry'),
      service: read('SignedService'),
      version: read('SignedVersion'),
      value: read('Value'),
    };
  };

  const keyUntil = (now: number, end: number): Promise<DelegationKey> => {
    if (known !== undefined && known.until >= end) return known.key;
    const until = now + longestKeyMillis;
    const entry = { key: askForKey(now, until), until };
    known = entry;
    entry.key.catch(() => {
      if (known === entry) known = undefined;
    });
    return entry.key;
  };

  return {
    async grant(name, permissions, seconds) {
      const now = Math.floor(clock.now().getTime() / 1000) * 1000;
      const end = now + seconds * 1000;
      const key = await keyUntil(now, end);
      const expiry = secondOf(end);
      const { account, container } = partsOf(containerUrl);
      const fields = [
        ...[permissions, '', expiry, `/blob/${account}/${container}/${name}`],
        ...[key.oid, key.tid, key.start, key.expiry, key.service, key.version],
        // Authorized and unauthorized user, correlation id, address, protocol, version, resource, snapshot, encryption scope, and five headers.
        ...['', '', '', '', 'https', storageVersion, 'b', '', '', '', '', '', '', ''],
      ];
      const signature = createHmac('sha256', Buffer.from(key.value, 'base64')).update(fields.join('\n')).digest('base64');
      return new URLSearchParams({
        sv: storageVersion,
        spr: 'https',
        se: expiry,
        sr: 'b',
        sp: permissions,
        skoid: key.oid,
        sktid: key.tid,
        skt: key.start,
        ske: key.expiry,
        sks: key.service,
        skv: key.version,
        sig: signature,
      }).toString();
    },
  };
};
