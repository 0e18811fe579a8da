import { isDeepStrictEqual } from 'node:util';
import { apiKeyStream } from '../../../domain/identity/api-key.ts';
import { partitionKey } from '../../../domain/kernel/event-store.ts';
import type { Item } from '../../../domain/kernel/table.ts';
import { platformTenant } from '../../../domain/kernel/tenancy.ts';
import { bootstrapKey } from '../authentication.ts';

/**
 * Marks an item that an import has put. Nobody hears of the events among them again, and a later import may replace what nobody has changed
 * since: whoever writes an item here writes it without the mark.
 */
const mark = 'moved';

export const isMoved = (item: Item): boolean => item[mark] === true;
export const asMoved = (item: Item): Item => ({ ...item, [mark]: true });
export const withoutMark = ({ [mark]: _, ...item }: Item & { readonly moved?: unknown }): Item => item as Item;

export const isSame = (one: Item, other: Item): boolean => isDeepStrictEqual(withoutMark(one), withoutMark(other));

/**
 * Where a cloud keeps notes of its own: how far a change stream was read. Such partitions begin with it, which no tenant's does, and within a
 * tenant's partition notes sort behind it.
 */
const ownNotes = '~';

/** Keys of the platform's own: who administers one platform does not by that administer another. */
const ownKeys = partitionKey(apiKeyStream(platformTenant, ''));

/** What the audit trail says of taking and bringing: the trail would grow by being read. */
const tellsOfTransfer = ({ outcome, resource }: Item): boolean =>
  outcome === 'success' && typeof resource === 'string' && /^\/v1\/[a-z-]+-transfer\//.test(resource);

/**
 * The administrators' keys are a platform's own; so is what a cloud notes for itself, and who took what from here. Whoever could bring notes could
 * have a cloud believe that it had told of events which it has not.
 */
export const staysHere = (item: Item): boolean =>
  isNote(item) || item.pk === bootstrapKey.pk || item.pk.startsWith(ownKeys) || tellsOfTransfer(item);

const isNote = ({ pk, sk }: Item): boolean => pk.startsWith(ownNotes) || sk >= ownNotes;

/** What happened is not told otherwise later: an event, a line of the audit trail, a fact of usage. */
const isHistory = ({ pk, kind, outcome }: Item): boolean => kind === 'event' || outcome !== undefined || /^[^#]+#usage#/.test(pk);

/** Whether an import may replace what is there: an earlier one has left it, nobody has changed it since, and it is a state of something. */
export const isReplaceable = (known: Item): boolean => isMoved(known) && !isHistory(known);
