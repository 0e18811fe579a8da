import { AFDCustomDomain, type AFDCustomDomainArgs } from '@pulumi/azure-native/cdn/afdcustomDomain.js';
import { AFDEndpoint, type AFDEndpointArgs } from '@pulumi/azure-native/cdn/afdendpoint.js';
import { AFDOrigin, type AFDOriginArgs } from '@pulumi/azure-native/cdn/afdorigin.js';
import { AFDOriginGroup, type AFDOriginGroupArgs } from '@pulumi/azure-native/cdn/afdoriginGroup.js';
import { Profile, type ProfileArgs } from '@pulumi/azure-native/cdn/profile.js';
import { Route, type RouteArgs } from '@pulumi/azure-native/cdn/route.js';
import { Rule, type RuleArgs } from '@pulumi/azure-native/cdn/rule.js';
import { RuleSet } from '@pulumi/azure-native/cdn/ruleSet.js';
import { SecurityPolicy, type SecurityPolicyArgs } from '@pulumi/azure-native/cdn/securityPolicy.js';
import { RecordSet, type RecordSetArgs } from '@pulumi/azure-native/dns/recordSet.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { originHeader } from '../../functions/kernel/origin.ts';
import { type TransformEach, transformed } from '../component.ts';
import { type Home, tagsOf } from './component.ts';
import { Firewall, type FirewallArgs } from './firewall.ts';

type Children = {
  profile: ProfileArgs;
  endpoint: AFDEndpointArgs;
  domain: AFDCustomDomainArgs;
  originGroup: AFDOriginGroupArgs;
  origin: AFDOriginArgs;
  rule: RuleArgs;
  route: RouteArgs;
  protection: SecurityPolicyArgs;
  record: RecordSetArgs;
};

export type NetworkEdgeArgs = {
  readonly home: Home;
  readonly domain: string;
  readonly dnsZoneId: string;
  readonly originSecret: Input<string>;
  /** What one address may send; more is refused before it costs anything. */
  readonly requestsPerSecond: number;
  readonly transform?: (TransformEach<Children> & { readonly firewall?: FirewallArgs['transform'] }) | undefined;
};

/** An app, and the paths that lead to it with all below them; `/` is whatever no other path leads to. */
export type EdgeTarget = { readonly app: string; readonly paths: readonly string[]; readonly hostName: Input<string> };

/**
 * The platform's own domain: Front Door with a firewall, behind it the apps, each by its paths. It proves itself to them with a secret, and by its id,
 * which is known before they are: so first the edge is made, then the apps, and then `lead` connects them.
 */
export class NetworkEdge extends ComponentResource {
  readonly frontDoorId: Output<string>;
  readonly url: Output<string>;
  readonly #name: string;
  readonly #args: NetworkEdgeArgs;
  readonly #profile: Profile;
  readonly #endpoint: AFDEndpoint;
  readonly #domain: AFDCustomDomain;
  readonly #ruleSet: RuleSet;
  readonly #proof: Rule;

  constructor(name: string, args: NetworkEdgeArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:NetworkEdge', name, {}, options);
    const { home, transform = {} } = args;
    this.#name = name;
    this.#args = args;
    const made: ProfileArgs = {
      ...{ resourceGroupName: home.resourceGroupName, location: 'Global', sku: { name: 'Premium_AzureFrontDoor' } },
      originResponseTimeoutSeconds: 60,
      tags: tagsOf(home, 'platform'),
    };
    this.#profile = new Profile(`${name}-profile`, transformed(made, transform.profile), { parent: this });
    const endpoint: AFDEndpointArgs = { ...this.#of(), location: 'Global', enabledState: 'Enabled', tags: tagsOf(home, 'platform') };
    this.#endpoint = new AFDEndpoint(`${name}-endpoint`, transformed(endpoint, transform.endpoint), { parent: this });
    this.#domain = this.#named();
    const ruleSet = new RuleSet(`${name}proof`, { ...this.#of(), ruleSetName: 'proof' }, { parent: this });
    this.#ruleSet = ruleSet;
    this.#proof = new Rule(`${name}-proof`, transformed(this.#proving(ruleSet), transform.rule), { parent: this });
    this.#protect();
    this.frontDoorId = this.#profile.frontDoorId;
    // Clients may come as soon as all of it is there.
    this.url = this.#endpoint.hostName.apply(() => `https://${args.domain}`);
    this.registerOutputs({ frontDoorId: this.frontDoorId, url: this.url });
  }

  /** Leads paths to an app. Routes are named by their paths, so that they stay when another app takes them over; the longest that fits counts. */
  lead({ app, paths, hostName }: EdgeTarget): void {
    const { transform = {} } = this.#args;
    const name = `${this.#name}-${app}`;
    const within = { parent: this };
    const grouped: AFDOriginGroupArgs = {
      ...this.#of(),
      originGroupName: app,
      loadBalancingSettings: { sampleSize: 4, successfulSamplesRequired: 2, additionalLatencyInMilliseconds: 0 },
      sessionAffinityState: 'Disabled',
    };
    const group = new AFDOriginGroup(`${name}-group`, transformed(grouped, transform.originGroup), within);
    const reached: AFDOriginArgs = {
      ...{ ...this.#of(), originGroupName: group.name, originName: app, hostName, originHostHeader: hostName },
      ...{ httpPort: 80, httpsPort: 443, enforceCertificateNameCheck: true, enabledState: 'Enabled', priority: 1, weight: 1000 },
    };
    const origin = new AFDOrigin(`${name}-origin`, transformed(reached, transform.origin), within);
    for (const path of paths)
      new Route(`${this.#name}-${nameOf(path)}`, transformed(this.#route(path, group), transform.route), {
        ...within,
        // Azure refuses a route to a group that is still empty.
        dependsOn: [origin, this.#proof],
      });
  }

  #of() {
    return { resourceGroupName: this.#args.home.resourceGroupName, profileName: this.#profile.name };
  }

  #route(path: string, group: AFDOriginGroup): RouteArgs {
    return {
      ...this.#of(),
      endpointName: this.#endpoint.name,
      routeName: nameOf(path),
      originGroup: { id: group.id },
      patternsToMatch: path === '/' ? ['/*'] : [path, `${path}/*`],
      customDomains: [{ id: this.#domain.id }],
      ruleSets: [{ id: this.#ruleSet.id }],
      supportedProtocols: ['Https'],
      forwardingProtocol: 'HttpsOnly',
      httpsRedirect: 'Disabled',
      linkToDefaultDomain: 'Disabled',
      enabledState: 'Enabled',
    };
  }

  #named(): AFDCustomDomain {
    const { domain, dnsZoneId, transform = {} } = this.#args;
    const name = this.#name;
    const made: AFDCustomDomainArgs = {
      ...this.#of(),
      hostName: domain,
      azureDnsZone: { id: dnsZoneId },
      tlsSettings: { certificateType: 'ManagedCertificate', minimumTlsVersion: 'TLS12' },
    };
    const custom = new AFDCustomDomain(`${name}-domain`, transformed(made, transform.domain), { parent: this });
    const zone = zoneIn(dnsZoneId);
    const relative = domain === zone.zoneName ? '@' : domain.slice(0, -zone.zoneName.length - 1);
    const proof = relative === '@' ? '_dnsauth' : `_dnsauth.${relative}`;
    const token = custom.validationProperties.apply(({ validationToken }) => validationToken ?? '');
    const proven: RecordSetArgs = {
      ...{ ...zone, recordType: 'TXT', relativeRecordSetName: proof, ttl: 3600 },
      txtRecords: [{ value: [token] }],
    };
    new RecordSet(`${name}-validation`, transformed(proven, transform.record), { parent: this });
    // A domain cannot be deleted as long as its name leads to a Front Door.
    const within = { parent: this, dependsOn: custom };
    for (const [suffix, record] of Object.entries(this.#leading(relative)))
      new RecordSet(
        `${name}-${suffix}`,
        transformed({ ...zone, relativeRecordSetName: relative, ttl: 3600, ...record }, transform.record),
        within,
      );
    return custom;
  }

  /**
   * What leads the name to the endpoint. Front Door renews its certificate by itself only where that is a CNAME
   * (https://learn.microsoft.com/azure/frontdoor/domain); the zone's own name can have none, but an alias.
   */
  #leading(relative: string): {
    readonly [suffix: string]: Pick<RecordSetArgs, 'cnameRecord' | 'targetResource'> & { recordType: string };
  } {
    if (relative !== '@') return { cname: { recordType: 'CNAME', cnameRecord: { cname: this.#endpoint.hostName } } };
    const targetResource = { id: this.#endpoint.id };
    return { a: { recordType: 'A', targetResource }, aaaa: { recordType: 'AAAA', targetResource } };
  }

  #proving(ruleSet: RuleSet): RuleArgs {
    return {
      ...this.#of(),
      ruleSetName: ruleSet.name,
      ruleName: 'secret',
      order: 1,
      actions: [
        {
          name: 'ModifyRequestHeader',
          parameters: {
            typeName: 'DeliveryRuleHeaderActionParameters',
            headerAction: 'Overwrite',
            headerName: originHeader,
            value: this.#args.originSecret,
          },
        },
      ],
    };
  }

  #protect(): void {
    const { home, requestsPerSecond, transform = {} } = this.#args;
    const firewall = new Firewall(this.#name, { home, requestsPerSecond, transform: transform.firewall }, { parent: this });
    const made: SecurityPolicyArgs = {
      ...this.#of(),
      securityPolicyName: 'firewall',
      parameters: {
        type: 'WebApplicationFirewall',
        wafPolicy: { id: firewall.id },
        associations: [{ domains: [{ id: this.#domain.id }, { id: this.#endpoint.id }], patternsToMatch: ['/*'] }],
      },
    };
    new SecurityPolicy(`${this.#name}-protection`, transformed(made, transform.protection), { parent: this });
  }
}

/** `/v1/models` as `v1-models`. */
const nameOf = (path: string): string =>
  path
    .split(/[^a-zA-Z0-9]+/)
    .filter((part) => part !== '')
    .join('-') || 'others';

/** `/subscriptions/…/resourceGroups/<group>/providers/Microsoft.Network/dnsZones/<zone>`. */
const zoneIn = (id: string): { readonly resourceGroupName: string; readonly zoneName: string } => {
  const parts = id.split('/');
  return { resourceGroupName: parts[4] ?? '', zoneName: parts[8] ?? '' };
};
