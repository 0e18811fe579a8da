import * as z from 'zod';
import { FirewallPolicy } from './host/firewall.ts';
import { ofDomain, type Route as RouteInputs } from './host/front-door.ts';
import { endpointHost, uuid } from './outputs.ts';
import { isThere, named, Place, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

/** Names as the REST reference has them (https://learn.microsoft.com/rest/api/frontdoor/azurefrontdoorstandardpremium). */
const dashed = z
  .string()
  .max(90)
  .regex(/^[a-zA-Z0-9]+(-*[a-zA-Z0-9])*$/);
const plain = z.string().regex(/^[a-zA-Z][a-zA-Z0-9]*$/);
const Ref = z.looseObject({ id: z.string() });
const switched = z.enum(['Enabled', 'Disabled']);

const Profile = Place.extend({
  location: z.literal('Global'),
  sku: z.looseObject({ name: z.enum(['Standard_AzureFrontDoor', 'Premium_AzureFrontDoor']) }),
  originResponseTimeoutSeconds: z.int().min(16).max(240),
});
const InProfile = Place.extend({ profileName: dashed });
const Endpoint = InProfile.extend({ location: z.literal('Global'), enabledState: switched });
const Domain = InProfile.extend({
  hostName: z.hostname(),
  azureDnsZone: Ref.optional(),
  tlsSettings: z.looseObject({
    certificateType: z.enum(['ManagedCertificate', 'CustomerCertificate']),
    minimumTlsVersion: z.enum(['TLS12', 'TLS13']),
  }),
});
const Group = InProfile.extend({
  originGroupName: dashed,
  loadBalancingSettings: z.looseObject({
    sampleSize: z.int().min(0).max(255),
    successfulSamplesRequired: z.int().min(0),
    additionalLatencyInMilliseconds: z.int().min(0).max(1000),
  }),
  sessionAffinityState: switched,
});
const Origin = InProfile.extend({
  ...{ originGroupName: dashed, originName: dashed, hostName: z.hostname(), originHostHeader: z.string() },
  ...{ httpPort: z.int().min(1).max(65_535), httpsPort: z.int().min(1).max(65_535), enabledState: switched },
  ...{ priority: z.int().min(1).max(5), weight: z.int().min(1).max(1000), enforceCertificateNameCheck: z.boolean() },
});
const RuleSet = InProfile.extend({ ruleSetName: plain.max(60) });
const Rule = InProfile.extend({
  ...{ ruleSetName: plain, ruleName: plain.max(260), order: z.int().min(0) },
  actions: z
    .array(
      z.object({
        name: z.literal('ModifyRequestHeader'),
        parameters: z.object({
          typeName: z.literal('DeliveryRuleHeaderActionParameters'),
          headerAction: z.literal('Overwrite'),
          headerName: z.string().min(1),
          value: z.string().min(1).max(640),
        }),
      }),
    )
    .min(1)
    .max(5),
});
/** A star only stands at the end, behind a slash (https://learn.microsoft.com/azure/frontdoor/front-door-route-matching). */
const pattern = z.string().regex(/^\/([^*]*|([^*]*\/)?\*)$/);
const Route = InProfile.extend({
  ...{ endpointName: dashed, routeName: dashed, originGroup: Ref, enabledState: switched, linkToDefaultDomain: switched },
  patternsToMatch: z.array(pattern).min(1).max(25),
  customDomains: z.array(Ref),
  ruleSets: z.array(Ref),
  supportedProtocols: z.array(z.enum(['Http', 'Https'])).min(1),
  forwardingProtocol: z.enum(['HttpOnly', 'HttpsOnly', 'MatchRequest']),
  httpsRedirect: switched,
}).refine(
  ({ httpsRedirect, supportedProtocols }) => httpsRedirect === 'Disabled' || supportedProtocols.length === 2,
  'to redirect, a route takes both protocols',
);
const Protection = InProfile.extend({
  securityPolicyName: dashed,
  parameters: z.object({
    type: z.literal('WebApplicationFirewall'),
    wafPolicy: Ref,
    associations: z.array(z.object({ domains: z.array(Ref).min(1), patternsToMatch: z.tuple([z.literal('/*')]) })).min(1),
  }),
});

const parentOf = (id: string): string => id.split('/').slice(0, -2).join('/');

/** What a Front Door is made of, each checked as Azure checks it. */
export const frontDoorKinds = [
  kept({ type: 'cdn:Profile', inputs: Profile, naming: named('profileName', 90), replacedBy: ['sku'], isChild: false }),
  kept({ type: 'cdn:AFDEndpoint', inputs: Endpoint, naming: named('endpointName', 46) }),
  kept({ type: 'cdn:AFDOriginGroup', inputs: Group, naming: named('originGroupName', 90) }),
  kept({ type: 'cdn:RuleSet', inputs: RuleSet, naming: named('ruleSetName', 60) }),
  kept({ type: 'cdn:Rule', inputs: Rule, naming: named('ruleName', 260), replacedBy: ['ruleSetName'] }),
  kept({
    ...{ type: 'cdn:SecurityPolicy', inputs: Protection, naming: named('securityPolicyName', 90) },
    refersTo: ({ parameters: { wafPolicy, associations } }) => [
      wafPolicy.id,
      ...associations.flatMap(({ domains }) => domains.map(({ id }) => id)),
    ],
  }),
  kept({
    ...{ type: 'cdn:AFDCustomDomain', inputs: Domain, naming: named('customDomainName', 90), replacedBy: ['hostName'] },
    // Who deletes a domain whose name still leads to it is refused, lest somebody else claims it (https://learn.microsoft.com/azure/frontdoor/domain).
    removing: ({ hostName }, { edge }) => {
      if (edge.all('dns:RecordSet').some(([, record]) => ofDomain(record, hostName)))
        throw new Error(`Conflict: ${hostName} still leads to a Front Door.`);
    },
  }),
  kept({
    ...{ type: 'cdn:AFDOrigin', inputs: Origin, naming: named('originName', 90), replacedBy: ['originGroupName'] },
    removing: (_inputs, { edge }, id) => {
      const group = parentOf(id);
      const isLast = edge.all('cdn:AFDOrigin').filter(([other]) => parentOf(other) === group.toLowerCase()).length === 1;
      const user = edge.all('cdn:Route').find(([, route]) => (route as RouteInputs).originGroup.id.toLowerCase() === group.toLowerCase());
      if (isLast && user !== undefined) throw new Error(`Conflict: ${id} is the last origin of a group that ${user[0]} leads to.`);
    },
  }),
  kept({
    ...{ type: 'cdn:Route', inputs: Route, naming: named('routeName', 90), replacedBy: ['endpointName'] },
    refersTo: ({ originGroup, customDomains, ruleSets }) => [originGroup, ...customDomains, ...ruleSets].map(({ id }) => id),
    making: ({ originGroup }, { edge }) => {
      if (!edge.all('cdn:AFDOrigin').some(([id]) => parentOf(id) === originGroup.id.toLowerCase()))
        throw new Error(`BadRequest: ${originGroup.id} has no origin yet.`);
    },
  }),
  kept({
    ...{ type: 'frontdoor:Policy', inputs: FirewallPolicy, naming: named('policyName', 128), replacedBy: ['sku'], isChild: false },
    // Neither dashes nor anything else between its letters.
    named: plain.max(128),
  }),
];

/** What Azure tells of a resource that requests are led by. */
const tellsOf: { readonly [type: string]: (name: string) => object } = {
  'cdn:Profile': (name) => ({ frontDoorId: uuid(name) }),
  'cdn:AFDEndpoint': (name) => ({ hostName: endpointHost(name) }),
};

type Kept<I extends z.ZodType> = {
  readonly type: string;
  readonly inputs: I;
  readonly naming: ReturnType<typeof named>;
  readonly replacedBy?: readonly string[];
  readonly isChild?: boolean;
  readonly named?: z.ZodType;
  readonly refersTo?: (inputs: z.output<I>) => readonly string[];
  readonly making?: (inputs: z.output<I>, subscription: Subscription) => void;
  readonly removing?: (inputs: z.output<I>, subscription: Subscription, id: string) => void;
};

function kept<I extends z.ZodType>({ type, inputs, naming, replacedBy = [], isChild = true, ...one }: Kept<I>) {
  return (subscription: Subscription) => {
    const { edge } = subscription;
    const put = (given: z.output<I>, id: string, name: string): void => {
      (one.named ?? dashed).parse(name);
      one.making?.(given, subscription);
      edge.put(id, {
        type,
        inputs: { ...(given as object), ...tellsOf[type]?.(name) },
        refersTo: [...(isChild ? [parentOf(id)] : []), ...(one.refersTo?.(given) ?? [])],
      });
    };
    return resource({
      type,
      inputs,
      naming,
      replacedBy,
      create: async (given, { id, name }) => {
        put(given, id, name);
        return undefined;
      },
      update: async (given, { id, name }) => put(given, id, name),
      find: async ({ id }) => isThere(edge.get(id) !== undefined),
      remove: async ({ id }, state) => {
        one.removing?.(state, subscription, id);
        edge.remove(id);
      },
    });
  };
}
