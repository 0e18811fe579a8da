/** What a filter may have (Pub/Sub, "Filter messages from a subscription"). */
export const filterBytes = 256;

const clauseOf = (type: string): string => `attributes."ce-type" = "${type}"`;

/** Filters that let exactly these types through, each within what Pub/Sub takes; one that is empty lets everything through. They see attributes only. */
export const filtersOf = (types: readonly string[] | '*'): readonly string[] => {
  if (types === '*') return [''];
  const filters: string[] = [];
  for (const clause of [...types].sort().map(clauseOf)) {
    const longer = `${filters.at(-1)} OR ${clause}`;
    if (filters.length > 0 && Buffer.byteLength(longer) <= filterBytes) filters[filters.length - 1] = longer;
    else filters.push(clause);
  }
  return filters;
};
