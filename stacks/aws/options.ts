import * as z from 'zod';
import { clouded, commonOptions, matching, oneOf, type SettingsOf, structured, whole } from '../options.ts';

/** Days that CloudWatch keeps logs for; it knows no others. */
const retentions = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653] as const;

const Rollout = z.strictObject({
  /** The version that serves and that is gone back to: see the stack's output `versions`. */
  stable: z.string().regex(/^[1-9][0-9]*$/, 'the number of a version, as text'),
  /** How many requests in a hundred the version of this update gets. */
  percent: z.number().min(1).max(99),
});

export const Options = z.strictObject({
  ...commonOptions,
  /** The account that this stack belongs to: in any other, nothing is created. */
  allowedAccount: matching(/^[0-9]{12}$/, 'the 12 digits of an AWS account').optional(),
  architecture: oneOf(['arm64', 'x86_64']).default('arm64'),
  /** Of functions that run models: onnxruntime on Lambda's arm64 is not proven. */
  modelArchitecture: oneOf(['arm64', 'x86_64']).default('x86_64'),
  memoryMegabytes: whole(128, 10_240).default(512),
  modelMemoryMegabytes: whole(512, 10_240).default(1024),
  /** Disk for model artifacts that a function keeps between requests; the largest that may be registered has to fit. */
  modelDiskMegabytes: whole(512, 10_240).default(3072),
  logRetentionDays: whole(1, 3653)
    .refine((days) => (retentions as readonly number[]).includes(days), `one of ${retentions.join(', ')}`)
    .optional(),
  /** The zone of Route 53 that has `domain`. */
  hostedZoneId: matching(/^Z[A-Z0-9]{5,31}$/, 'the id of a zone of Route 53, such as Z0123456789ABCDEFGHIJ').optional(),
  requestBurst: whole(1, 5000).default(400),
  /** How many invocations one queue may cause at a time. */
  queueConcurrency: whole(2, 1000).default(10),
  /** Concurrency that is set aside, and not exceeded, by function (`inference-predictions`) or kind (`http`), as a JSON object. In prod only. */
  reservedConcurrency: structured(z.record(z.string(), z.int().min(1).max(100_000)), 'a JSON object such as {"http":100}').default({}),
  /** Functions whose new version gets only some of the requests, as a JSON object. */
  rollout: structured(z.record(z.string(), Rollout), 'a JSON object such as {"models-http":{"stable":"7","percent":10}}').default({}),
});

export const aws = clouded({
  cloud: 'aws',
  options: Options,
  places: {
    region: {
      ...{ key: 'aws:region', variables: ['AWS_REGION'], pattern: /^[a-z]{2}(-[a-z]+)+-[0-9]$/ },
      ...{ right: 'a region such as eu-central-1', example: 'eu-central-1' },
    },
  },
  zone: 'hostedZoneId',
  neededInProd: { allowedAccount: '123456789012', hostedZoneId: 'Z0123456789ABCDEFGHIJ' },
  problems: (environment, given) =>
    environment !== 'prod' && Object.keys(given.reservedConcurrency ?? {}).length > 0
      ? [`platform:reservedConcurrency is for prod only: remove it from ${environment}`]
      : [],
});

export type Settings = SettingsOf<typeof aws>;
