import { isDeepStrictEqual } from 'node:util';
import type { Item, Key } from '../../../domain/kernel/table.ts';
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

/** What sorts behind this in a partition are marks of the cloud's own, by which it learns how far its change stream was read. */
const ownMarks = '~';

/** The administrator's key is a platform's own; so is what a cloud notes for itself. */
export const staysHere = ({ pk, sk }: Key): boolean => pk === bootstrapKey.pk || sk >= ownMarks;
