import type * as z from 'zod';
import type { QueuePolicy } from '../../domain/kernel/queue.ts';
import type { TableDeclaration } from '../../domain/kernel/table.ts';

/** What a context is made of: plain data that the laptop, the clouds and the documents read alike. */
export type ContextDeclaration = {
  readonly name: string;
  readonly describes: string;
  readonly tables: { readonly [name: string]: StoredTable };
  readonly objects: { readonly [name: string]: StoredObjects };
  readonly queues: { readonly [name: string]: QueueDeclaration };
  /** Resources of another context that this one may use, by a local name. */
  readonly borrows: { readonly [name: string]: Borrow };
  readonly routes: { readonly [route: RouteKey]: RouteDeclaration };
  readonly publishes: readonly EventDeclaration[];
  readonly subscribers: { readonly [name: string]: SubscriberDeclaration };
  readonly schedules: { readonly [name: string]: ScheduleDeclaration };
};

/**
 * A table that holds events has its events published; `changes` names other consumers of what is written. A table with neither keeps no changes.
 */
export type StoredTable = TableDeclaration & {
  readonly holds?: 'events';
  /** How many writes its largest transaction has; a target that cannot do so many refuses the declaration. */
  readonly needs?: { readonly transactionWrites: number };
  readonly changes?: { readonly [consumer: string]: { readonly uses: Uses } };
};

/** `passing` says for how long at most objects are kept whose keys begin with a prefix: what becomes of nothing goes, wholly, by itself. */
export type StoredObjects = {
  readonly keep: 'until deleted' | 'forever' | `${number} days`;
  readonly passing?: { readonly [prefix: string]: `${number} days` };
};

/** The declared grants across a border; a new one is a decision. */
export type Borrow = { readonly from: string; readonly objects: string } | { readonly from: string; readonly table: string };

export type Method = 'GET' | 'PUT' | 'POST' | 'DELETE' | 'PATCH';
/** A method and a path's template: `{name}` is one segment, `{name+}` at the end is all that is left, slashes included. */
export type RouteKey = `${Method} /${string}`;

/** Which verbs of which resource a function may use; everything else is denied, on the laptop too. */
export type Uses = { readonly [resource: string]: readonly Verb[] };
export type Verb =
  | 'read'
  /** All of a table, whatever its partitions. */
  | 'scan'
  /** One item by its key, and nothing that has to be looked for. */
  | 'get'
  | 'append'
  | 'put'
  | 'delete'
  | 'presign'
  | 'send'
  | 'inspect'
  | 'load'
  | 'invoke'
  | 'remove'
  | 'record'
  | 'redrive'
  | 'publish'
  | 'serve'
  /** Waits until the consumers of a table's changes have handled what was written before. */
  | 'settle'
  /** Of a consumer of a table's changes: says that it has handled what was written before. */
  | 'acknowledge';

export type Size = `${number} ${'KiB' | 'MiB' | 'GiB'}`;
export type Duration = `${number} ${'ms' | 's' | 'm'}`;

/** `tenant`: a tenant's principals (the platform's get 403 `tenant-required`); `platform`: the platform's alone; `either`: both, each sees its own. */
export type Scope = 'tenant' | 'platform' | 'either';

export type RouteDeclaration = {
  /** The file beside the declaration that does it. */
  readonly does: string;
  readonly summary: string;
  /** A permission that roles have (see `domain/identity/permission.ts`), `authenticated` for any principal, `public`, or `signed` where the URL itself is the grant. */
  readonly permission: string;
  readonly scope?: Scope;
  /** Its use is told to the audit trail (`access-granted`): no event comes of it that would tell. */
  readonly told?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** A JSON body's schema, or how a body is streamed or handed over as it came. */
  readonly body?: z.ZodType | StreamBody | BytesBody;
  readonly answers: { readonly [status: number]: z.ZodType | MediaAnswer };
  readonly limit: { readonly body: Size; readonly time: Duration };
  readonly uses: Uses;
  /** The shape of errors: problem details unless a foreign protocol has its own. */
  readonly errors?: 'problem' | 'open-inference';
};

/** A body that is never held whole: the handler gets the stream. It names the one media type that is taken, or any with a star on both sides. */
export type StreamBody = { readonly stream: string };
/** A JSON body that the handler gets as bytes, unparsed; the schema documents it. Without a Content-Type it is JSON all the same. */
export type BytesBody = { readonly bytes: z.ZodType };
export type MediaAnswer = { readonly media: string; readonly describes: string };

/** `needs` is what its senders need where that is more than they know: a target that cannot give it refuses the declaration. */
export type QueueDeclaration = {
  readonly policy: QueuePolicy;
  readonly needs?: { readonly message?: Size; readonly delay?: Duration };
  readonly uses: Uses;
};
export type EventDeclaration = {
  readonly name: string;
  readonly type: string;
  readonly context: string;
  readonly describes: string;
  readonly data: z.ZodType;
};
export type SubscriberDeclaration = { readonly to: readonly EventDeclaration[] | '*'; readonly attempts: number; readonly uses: Uses };
export type ScheduleDeclaration = { readonly everySeconds: number; readonly uses: Uses };

type Parts = Partial<Omit<ContextDeclaration, 'name'>> & Pick<ContextDeclaration, 'describes'>;

/** Names a context and fills what it does not have with nothing. */
export const context = <const Name extends string, const P extends Parts>(name: Name, parts: P) =>
  ({
    name,
    tables: {},
    objects: {},
    queues: {},
    borrows: {},
    routes: {},
    publishes: [],
    subscribers: {},
    schedules: {},
    ...parts,
  }) as unknown as { readonly name: Name } & P & Omit<EmptyContext, keyof P>;

type EmptyContext = {
  [K in keyof Omit<ContextDeclaration, 'name' | 'describes'>]: ContextDeclaration[K] extends readonly unknown[]
    ? readonly []
    : Record<never, never>;
};

const units = { KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;
/** A declared size in bytes. */
export const bytesOf = (size: Size): number => {
  const [amount, unit] = size.split(' ') as [string, keyof typeof units];
  return Number(amount) * units[unit];
};

const periods = { ms: 1, s: 1000, m: 60_000 } as const;
/** A declared duration in milliseconds. */
export const millisOf = (duration: Duration): number => {
  const [amount, unit] = duration.split(' ') as [string, keyof typeof periods];
  return Number(amount) * periods[unit];
};
