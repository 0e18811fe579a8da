import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { Policy } from './host/armor.ts';
import type { World } from './world.ts';

/** Names as RFC 1035 has labels (https://cloud.google.com/compute/docs/naming-resources). */
const Name = z.string().regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
const Labels = z.record(z.string(), z.string()).optional();
/** A state holds what was computed beside what was asked for. */
const named = { name: Name, selfLink: z.string().optional() };
const scheme = z.literal('EXTERNAL_MANAGED');

const EndpointGroup = z.strictObject({
  ...named,
  region: z.string(),
  networkEndpointType: z.literal('SERVERLESS'),
  cloudRun: z.strictObject({ service: z.string() }),
});
export type EndpointGroup = z.output<typeof EndpointGroup>;

/** Of groups without servers: what is checked, waited for and named by port is refused (https://cloud.google.com/load-balancing/docs/negs/serverless-neg-concepts). */
const BackendService = z.strictObject({
  ...named,
  loadBalancingScheme: scheme,
  protocol: z.enum(['HTTP', 'HTTPS', 'HTTP2']),
  backends: z.array(z.strictObject({ group: z.string() })).length(1),
  securityPolicy: z.string().optional(),
  logConfig: z.strictObject({ enable: z.boolean(), sampleRate: z.number().min(0).max(1) }).optional(),
});
export type BackendService = z.output<typeof BackendService>;

const UrlMap = z.strictObject({ ...named, defaultService: z.string() });
export type UrlMap = z.output<typeof UrlMap>;

const domain = z.string().regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.){2,}$|^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)+[a-z]{2,}$/);
const Certificate = z.strictObject({ ...named, managed: z.strictObject({ domains: z.array(domain).min(1).max(100) }) });
export type Certificate = z.output<typeof Certificate>;

const tls = z.enum(['TLS_1_0', 'TLS_1_1', 'TLS_1_2']);
const TlsPolicy = z.strictObject({ ...named, profile: z.enum(['COMPATIBLE', 'MODERN', 'RESTRICTED']), minTlsVersion: tls });

const HttpsProxy = z.strictObject({
  ...named,
  urlMap: z.string(),
  sslCertificates: z.array(z.string()).min(1).max(15),
  sslPolicy: z.string(),
});
export type HttpsProxy = z.output<typeof HttpsProxy>;

const ForwardingRule = z.strictObject({
  ...named,
  target: z.string(),
  ipAddress: z.string(),
  portRange: z.literal('443'),
  loadBalancingScheme: scheme,
  labels: Labels,
});
export type ForwardingRule = z.output<typeof ForwardingRule>;

const Address = z.strictObject({ ...named, address: z.ipv4().optional(), labels: Labels });

type ComputeKind<I extends z.ZodType> = {
  /** As programs ask for it: `uRLMap:URLMap`. */
  readonly type: string;
  /** As paths name it: `urlMaps`. */
  readonly collection: string;
  readonly inputs: I;
  readonly replacedBy: readonly string[];
  readonly refersTo?: (inputs: z.output<I>) => readonly string[];
};
type Named = { readonly name: string; readonly region?: string };

const pathOf = ({ project }: World, collection: string, { name, region }: Named): string =>
  `projects/${project.id}/${region === undefined ? 'global' : `regions/${region}`}/${collection}/${name}`;
const linkTo = (path: string) => ({ selfLink: `https://www.googleapis.com/compute/v1/${path}` });

const kindIn = (world: World) => {
  const { compute } = world;
  return <I extends z.ZodType<Named>>({ type, collection, inputs, replacedBy, refersTo = () => [] }: ComputeKind<I>) => {
    const resourceOf = (given: z.output<I>) => ({ kind: collection, inputs: given, refersTo: refersTo(given) });
    return kind({
      type: `gcp:compute/${type}`,
      inputs,
      naming: { property: 'name', longest: 63 },
      replacedBy: ['name', 'project', ...replacedBy],
      computes: ['selfLink'],
      create: async (given) => {
        const path = pathOf(world, collection, given);
        compute.insert(path, resourceOf(given));
        return { id: path, computed: linkTo(path) };
      },
      read: async (id) => (compute.get(id) === undefined ? undefined : { computed: {} }),
      update: async (id, given) => void compute.update(id, resourceOf(given)),
      remove: async (id) => compute.remove(id),
    });
  };
};

/** Out of what is nobody's (RFC 5737). */
const addresses = (taken: number): string => `203.0.113.${taken + 1}`;

const globalAddress = (world: World) => {
  const { compute } = world;
  return kind({
    type: 'gcp:compute/globalAddress:GlobalAddress',
    inputs: Address,
    naming: { property: 'name', longest: 63 },
    replacedBy: ['name', 'project', 'address', 'addressType', 'ipVersion'],
    computes: ['selfLink', 'address'],
    create: async (given) => {
      const path = pathOf(world, 'addresses', given);
      const address = given.address ?? addresses(compute.all('addresses').length);
      compute.insert(path, { kind: 'addresses', inputs: { ...given, address }, refersTo: [] });
      return { id: path, computed: { ...linkTo(path), address } };
    },
    read: async (id) => (compute.get(id) === undefined ? undefined : { computed: {} }),
    remove: async (id) => compute.remove(id),
  });
};

const present = (paths: readonly (string | undefined)[]): readonly string[] => paths.filter((path) => path !== undefined);

/** What a load balancer is made of, each checked as Google checks it; what the platform does not use is refused. */
export const balancerKinds = (world: World) => {
  const made = kindIn(world);
  return [
    globalAddress(world),
    made({
      type: 'regionNetworkEndpointGroup:RegionNetworkEndpointGroup',
      collection: 'networkEndpointGroups',
      inputs: EndpointGroup,
      replacedBy: ['region', 'networkEndpointType', 'cloudRun'],
    }),
    made({ type: 'securityPolicy:SecurityPolicy', collection: 'securityPolicies', inputs: Policy, replacedBy: ['type'] }),
    made({
      type: 'backendService:BackendService',
      collection: 'backendServices',
      inputs: BackendService,
      replacedBy: ['loadBalancingScheme'],
      refersTo: ({ backends, securityPolicy }) => present([...backends.map(({ group }) => group), securityPolicy]),
    }),
    made({
      type: 'uRLMap:URLMap',
      collection: 'urlMaps',
      inputs: UrlMap,
      replacedBy: [],
      refersTo: ({ defaultService }) => [defaultService],
    }),
    made({
      type: 'managedSslCertificate:ManagedSslCertificate',
      collection: 'sslCertificates',
      inputs: Certificate,
      replacedBy: ['managed'],
    }),
    made({ type: 'sSLPolicy:SSLPolicy', collection: 'sslPolicies', inputs: TlsPolicy, replacedBy: ['description'] }),
    made({
      type: 'targetHttpsProxy:TargetHttpsProxy',
      collection: 'targetHttpsProxies',
      inputs: HttpsProxy,
      replacedBy: [],
      refersTo: ({ urlMap, sslCertificates, sslPolicy }) => [urlMap, ...sslCertificates, sslPolicy],
    }),
    made({
      type: 'globalForwardingRule:GlobalForwardingRule',
      collection: 'forwardingRules',
      inputs: ForwardingRule,
      replacedBy: ['ipAddress', 'portRange', 'loadBalancingScheme'],
      refersTo: ({ target, ipAddress }) => [target, ipAddress],
    }),
  ];
};
