import type { Json, JsonObject } from '../../../../domain/kernel/json.ts';
import type { PublishedEvent } from './cloud-events.ts';

export type StringOperator =
  | 'StringIn'
  | 'StringNotIn'
  | 'StringContains'
  | 'StringNotContains'
  | 'StringBeginsWith'
  | 'StringNotBeginsWith'
  | 'StringEndsWith'
  | 'StringNotEndsWith';

export type AdvancedFilter =
  | { readonly operatorType: StringOperator; readonly key: string; readonly values: readonly string[] }
  | { readonly operatorType: 'IsNullOrUndefined' | 'IsNotNull'; readonly key: string };

/** What an event subscription asks for: all that is given has to hold. Without `includedEventTypes`, all types. */
export type EventSubscriptionFilter = {
  readonly includedEventTypes?: readonly string[];
  readonly subjectBeginsWith?: string;
  readonly subjectEndsWith?: string;
  readonly isSubjectCaseSensitive?: boolean;
  readonly advancedFilters?: readonly AdvancedFilter[];
};

const filtersAtMost = 25;
const valuesAtMost = 25;
const valueCharacters = 512;

/** What the service would refuse of a filter, or nothing. */
export const filterProblem = ({ advancedFilters = [] }: EventSubscriptionFilter): string | undefined => {
  const values = advancedFilters.flatMap((filter) => ('values' in filter ? filter.values : []));
  if (advancedFilters.length > filtersAtMost) return `A subscription has at most ${filtersAtMost} advanced filters.`;
  if (values.length > valuesAtMost) return `All advanced filters of a subscription have at most ${valuesAtMost} values together.`;
  return values.some(({ length }) => length > valueCharacters) ? `A value has at most ${valueCharacters} characters.` : undefined;
};

export const matchesFilter = (filter: EventSubscriptionFilter, event: PublishedEvent): boolean => {
  const { includedEventTypes, subjectBeginsWith = '', subjectEndsWith = '', isSubjectCaseSensitive = false, advancedFilters = [] } = filter;
  if (includedEventTypes !== undefined && !includedEventTypes.includes(String(event.type))) return false;
  const cased = (text: string): string => (isSubjectCaseSensitive ? text : text.toLowerCase());
  const subject = cased(String(event.subject ?? ''));
  if (!subject.startsWith(cased(subjectBeginsWith)) || !subject.endsWith(cased(subjectEndsWith))) return false;
  return advancedFilters.every((advanced) => holds(advanced, event));
};

const tests: { readonly [name: string]: (text: string, value: string) => boolean } = {
  In: (text, value) => text === value,
  Contains: (text, value) => text.includes(value),
  BeginsWith: (text, value) => text.startsWith(value),
  EndsWith: (text, value) => text.endsWith(value),
};

/** Strings compare without regard to case. What is missing matches nothing, except that it is in no list. */
const holds = (filter: AdvancedFilter, event: PublishedEvent): boolean => {
  const value = valueAt(filter.key, event);
  if (!('values' in filter)) return (value === undefined || value === null) === (filter.operatorType === 'IsNullOrUndefined');
  const [, negated, name = ''] = /^String(Not)?(.+)$/.exec(filter.operatorType) ?? [];
  const texts = (Array.isArray(value) ? value : [value]).filter((each): each is string => typeof each === 'string');
  if (texts.length === 0) return filter.operatorType === 'StringNotIn';
  const found = texts.some((text) => filter.values.some((each) => tests[name]?.(text.toLowerCase(), each.toLowerCase())));
  return found !== (negated !== undefined);
};

/** Keys are attributes, by their own names or the ones of Event Grid, or paths into the data. */
const attributeNames: { readonly [key: string]: string } = { eventid: 'id', eventtype: 'type', source: 'source', subject: 'subject' };

const valueAt = (key: string, event: PublishedEvent): Json | undefined => {
  const [first = '', ...rest] = key.split('.');
  if (first.toLowerCase() === 'data') return rest.reduce<Json | undefined>(memberOf, event.data);
  return event[attributeNames[key.toLowerCase()] ?? key.toLowerCase()];
};

const memberOf = (value: Json | undefined, name: string): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject)[name] : undefined;
