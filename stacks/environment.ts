export const clouds = ['aws', 'azure', 'gcp'] as const;
export type Cloud = (typeof clouds)[number];
export const environments = ['dev', 'staging', 'prod'] as const;
export type Environment = (typeof environments)[number];

/** What an environment is for decides what it has. Nobody configures these one by one, so that two stacks of one environment never differ in them. */
export type Profile = {
  /** An idle queue that is polled costs about $0.26 a month: one for all subscribers of a context, or one for each. */
  readonly queuePer: 'context' | 'subscriber';
  /** Dead letters of all queues in one queue, or each queue's in its own. */
  readonly sharedDeadLetters: boolean;
  /** Encryption keys of the stack's own ($1 a month each) instead of the cloud's. */
  readonly ownKeys: boolean;
  /** A domain, a content network and a firewall before the API. */
  readonly edge: 'never' | 'optional' | 'always';
  /** `few` stay within what is free, and still watch every dead letter. */
  readonly alarms: 'few' | 'all';
  readonly dashboard: boolean;
  /** Data outlives a mistaken `destroy`, and the program that made it. */
  readonly protectsData: boolean;
  readonly logRetentionDays: number;
  readonly eventArchiveDays: number;
  /** What the account may cost before people are told; prod has to say it. */
  readonly monthlyBudgetUsd?: number;
};

export const profiles: Record<Environment, Profile> = {
  dev: {
    queuePer: 'context',
    sharedDeadLetters: true,
    ownKeys: false,
    edge: 'never',
    alarms: 'few',
    dashboard: false,
    protectsData: false,
    logRetentionDays: 7,
    eventArchiveDays: 7,
    monthlyBudgetUsd: 10,
  },
  staging: {
    queuePer: 'subscriber',
    sharedDeadLetters: false,
    ownKeys: true,
    edge: 'optional',
    alarms: 'all',
    dashboard: true,
    protectsData: false,
    logRetentionDays: 30,
    eventArchiveDays: 14,
    monthlyBudgetUsd: 100,
  },
  prod: {
    queuePer: 'subscriber',
    sharedDeadLetters: false,
    ownKeys: true,
    edge: 'always',
    alarms: 'all',
    dashboard: true,
    protectsData: true,
    logRetentionDays: 90,
    eventArchiveDays: 90,
  },
};
