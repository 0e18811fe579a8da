import * as z from 'zod';
import { clouded, commonOptions, flag, matching, oneOf, pinned, type SettingsOf, structured, whole } from '../options.ts';

/** Days that Application Insights keeps telemetry for; it knows no others. */
const retentions = [30, 60, 90, 120, 180, 270, 365, 550, 730] as const;

/** Sizes of instances that Flex Consumption has, in MB. */
const sizes = ['512', '2048', '4096'] as const;

const guidInWords = (of: string): string => `the id of ${of}, in lower case, such as 00000000-0000-0000-0000-000000000000`;
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export const Options = z.strictObject({
  ...commonOptions,
  /** The subscription that this stack belongs to: in any other, nothing is created. */
  allowedSubscription: matching(guid, guidInWords('a subscription')).optional(),
  memoryMegabytes: oneOf(sizes).default('512').transform(Number),
  modelMemoryMegabytes: oneOf(sizes).default('2048').transform(Number),
  /** How many instances one app may have. */
  maximumInstances: whole(40, 1000).default(100),
  logRetentionDays: whole(30, 730)
    .refine((days) => (retentions as readonly number[]).includes(days), `one of ${retentions.join(', ')}`)
    .optional(),
  /** Apps that run an earlier package (see the stack's output `versions`) instead of that of this update, as a JSON object. */
  packages: structured(
    z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/, 'the SHA-256 of a package')),
    'a JSON object such as {"models":"<SHA-256 of a package>"}',
  ).default({}),
  /** After so much telemetry on one day no more is taken until the next. */
  dailyLogGigabytes: whole(1, 1000).default(1),
  /** An API Management of the Consumption tier before the edge, which then takes requests of nobody else. */
  apiManagement: flag.default(false),
  /**
   * Whose Event Grid topics may deliver events by web hook, as a JSON object: the tenant of Entra ID, the application that their tokens are made out
   * to, and who has such tokens (Event Grid itself where nobody is named); none where it is absent.
   */
  eventHooks: structured(
    z.strictObject({
      tenant: z.string().regex(guid, guidInWords('a tenant')),
      audience: z.string().min(1),
      callers: z
        .array(z.string().regex(guid, guidInWords('a caller')))
        .min(1)
        .optional(),
    }),
    'a JSON object such as {"tenant":"<id>","audience":"api://hybrid-events"}',
  ).optional(),
  /** The zone of Azure DNS that has `domain`. */
  dnsZoneId: matching(
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Network\/dnsZones\/[^/]+$/i,
    'the id of a zone of Azure DNS: /subscriptions/…/resourceGroups/…/providers/Microsoft.Network/dnsZones/…',
  ).optional(),
});

/** Records are made in the subscription that everything else is made in. */
const zoneProblems = (zoneId: unknown, subscription: string | undefined): readonly string[] => {
  const zones = typeof zoneId === 'string' ? zoneId.split('/')[2]?.toLowerCase() : undefined;
  return zones === undefined || subscription === undefined || zones === subscription
    ? []
    : [`platform:dnsZoneId is of the subscription ${zones}, and this stack is in ${subscription}: delegate a zone to that, and name it`];
};

export const azure = clouded({
  cloud: 'azure',
  options: Options,
  places: {
    region: {
      ...{ key: 'azure-native:location', variables: ['ARM_LOCATION_NAME', 'ARM_LOCATION'], pattern: /^[a-z]+[0-9]?$/ },
      ...{ right: 'a location such as germanywestcentral', example: 'germanywestcentral' },
    },
    subscriptionId: {
      ...{ key: 'azure-native:subscriptionId', variables: ['ARM_SUBSCRIPTION_ID'], pattern: guid },
      ...{ right: guidInWords('a subscription'), example: '00000000-0000-0000-0000-000000000000' },
    },
  },
  zone: 'dnsZoneId',
  neededInProd: {
    allowedSubscription: '00000000-0000-0000-0000-000000000000',
    dnsZoneId: '/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.com',
  },
  problems: (_environment, given, places) => [
    ...pinned('allowedSubscription', given.allowedSubscription, { key: 'azure-native:subscriptionId' }, places.subscriptionId),
    ...zoneProblems(given.dnsZoneId, places.subscriptionId),
    ...(given.apiManagement === true && given.domain !== undefined
      ? ['platform:apiManagement is for stacks without platform:domain: its public name would lead around the firewall of Front Door']
      : []),
    ...(given.apiManagement === true && given.alarmEmail === undefined
      ? ['platform:apiManagement needs platform:alarmEmail, as Azure wants to know who publishes an API']
      : []),
  ],
});

export type Settings = SettingsOf<typeof azure>;
