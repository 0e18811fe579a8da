/** A month as AWS counts it. */
export const monthHours = 730;
export const monthSeconds = monthHours * 3600;

/**
 * Lambda polls a queue it is mapped to, also an idle one: 5 pollers, each with long polls of 20 s, so 15 empty receives a minute
 * (observed: https://github.com/getlift/lift/issues/132; that they are billed: https://aws.amazon.com/premiumsupport/knowledge-center/sqs-high-charges/).
 * That is 657,000 a month, $0.26.
 */
export const idlePolling = { pollers: 5, secondsAPoll: 20 } as const;
export const idlePollsAMonth = (monthSeconds / idlePolling.secondsAPoll) * idlePolling.pollers;

/**
 * Stream shards of a new table on demand: it starts with 4,000 write units a second, at 1,000 a partition
 * (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html). A shard is polled 4 times a second.
 */
export const streamShards = 4;
export const streamPollSeconds = 0.25;

/** What a prediction takes of its function, by the budget's own words; the memory is the function's. */
export const predictionMillis = 20;
/** What a function takes that folds, publishes, or handles an event: some calls of a table. Ours to measure in an account. */
export const backgroundMillis = 50;

/** Lines that Lambda writes itself for an invocation (START, END, REPORT), where the function's log level does not keep them back. */
export const platformLogBytes = 300;
/** Text logs compress about so well (ours; the provider stores gzip). */
export const logCompression = 5;

/** How predictions come. `tenants` decides how many roll-ups one batch of facts touches. */
export type Traffic = { readonly name: string; readonly predictionsAMonth: number; readonly tenants: number };

/** The first million of a month, one tenant, spread evenly: the worst case of batching. */
export const firstMillion: Traffic = { name: 'the first million of a month', predictionsAMonth: 1_000_000, tenants: 1 };
/** A platform in use, about 38 a second: allowances are used up by others. */
export const atScale: Traffic = { name: 'each further million, at 100 million a month', predictionsAMonth: 100_000_000, tenants: 20 };
