import * as z from 'zod';
import { clouded, commonOptions, flag, matching, pinned, type SettingsOf, structured, whole } from '../options.ts';

const projectId = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/;

/** Where API Gateway is (https://cloud.google.com/api-gateway/docs/deployment-model), in November 2026. */
const gatewayRegions: readonly string[] = [
  ...['asia-northeast1', 'australia-southeast1', 'europe-west1', 'europe-west2'],
  ...['us-central1', 'us-east1', 'us-east4', 'us-west2', 'us-west3', 'us-west4'],
];

/**
 * Pub/Sub keeps what was delivered for at most 31 days. Less than a subscription keeps what it could not deliver, 7 days, is too little: another
 * subscription that takes over from it finds that at the topic.
 */
export const [shortestArchiveDays, longestArchiveDays] = [7, 31] as const;

export const Options = z.strictObject({
  ...commonOptions,
  /** Cloud Logging keeps nothing for longer. */
  logRetentionDays: whole(1, 3650).optional(),
  /** The project that this stack belongs to: in any other, nothing is created. */
  allowedProject: matching(projectId, 'the id of a project').optional(),
  memoryMegabytes: whole(256, 32_768).default(512),
  modelMemoryMegabytes: whole(512, 32_768).default(1024),
  /** How many requests one instance serves at a time. */
  concurrency: whole(1, 1000).default(20),
  /** Most instances, by function (`inference-http`) or kind (`http`), as a JSON object. */
  maximumInstances: structured(z.record(z.string(), z.int().min(1).max(1000)), 'a JSON object such as {"http":20}').default({}),
  /** The zone of Cloud DNS that has `domain`. */
  dnsZone: matching(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/, 'the name of a managed zone of Cloud DNS, such as example-com').optional(),
  /** An API Gateway before the edge, which then nobody else may call. */
  apiGateway: flag.default(false),
  /** Who pays for the project: budgets belong to it. */
  billingAccount: matching(
    /^[0-9A-F]{6}(-[0-9A-F]{6}){2}$/,
    'the id of a billing account, in capitals, such as 012345-6789AB-CDEF01',
  ).optional(),
  /** Where Cloud Billing's own export lies, which only a person can switch on. */
  billingTable: matching(
    /^[a-z][a-z0-9-]{4,28}[a-z0-9]\.[A-Za-z0-9_]+\.gcp_billing_export_[A-Za-z0-9_]+$/,
    'the table of a billing export: <project>.<dataset>.gcp_billing_export_resource_v1_…',
  ).optional(),
  /**
   * Functions whose requests stay with the revisions that have them, until people shift them: Cloud Functions knows no shares, Cloud Run beneath it
   * does.
   */
  rollout: structured(z.array(z.string()), 'a JSON list of functions such as ["models-http"]').default([]),
});

const ofArchive = (days: unknown): readonly string[] => {
  if (typeof days !== 'number' || (days >= shortestArchiveDays && days <= longestArchiveDays)) return [];
  return days > longestArchiveDays
    ? [`platform:eventArchiveDays is ${days}, and Pub/Sub keeps events for at most ${longestArchiveDays} days`]
    : [
        `platform:eventArchiveDays is ${days}, and events are kept for at least ${shortestArchiveDays} days, as long as they may wait for a subscriber`,
      ];
};

export const gcp = clouded({
  cloud: 'gcp',
  options: Options,
  places: {
    region: {
      ...{ key: 'gcp:region', variables: ['GOOGLE_REGION', 'GCLOUD_REGION', 'CLOUDSDK_COMPUTE_REGION'] },
      ...{ pattern: /^[a-z]+-[a-z]+[0-9]+$/, right: 'a region such as europe-west1', example: 'europe-west1' },
    },
    project: {
      ...{ key: 'gcp:project', variables: ['GOOGLE_PROJECT', 'GOOGLE_CLOUD_PROJECT', 'GCLOUD_PROJECT', 'CLOUDSDK_CORE_PROJECT'] },
      ...{ pattern: projectId, right: 'the id of a project', example: 'my-project' },
    },
  },
  zone: 'dnsZone',
  neededInProd: { allowedProject: 'my-project', dnsZone: 'example-com', billingAccount: '012345-6789AB-CDEF01' },
  problems: (_environment, given, places) => [
    ...pinned('allowedProject', given.allowedProject, { key: 'gcp:project' }, places.project),
    ...(given.apiGateway === true && given.domain !== undefined
      ? [
          'platform:apiGateway is for stacks without platform:domain: a gateway has a public name of its own, which would lead around the firewall',
        ]
      : []),
    ...(given.apiGateway === true && places.region !== undefined && !gatewayRegions.includes(places.region)
      ? [`platform:apiGateway is not to be had in ${places.region}; there are gateways in ${gatewayRegions.join(', ')}`]
      : []),
    ...ofArchive(given.eventArchiveDays),
    ...(given.monthlyBudgetUsd !== undefined && given.billingAccount === undefined
      ? ['platform:monthlyBudgetUsd needs platform:billingAccount, as budgets belong to who pays']
      : []),
  ],
});

export type Settings = SettingsOf<typeof gcp>;
