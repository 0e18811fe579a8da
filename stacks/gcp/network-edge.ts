import { BackendService, type BackendServiceArgs } from '@pulumi/gcp/compute/backendService.js';
import { GlobalAddress } from '@pulumi/gcp/compute/globalAddress.js';
import { GlobalForwardingRule, type GlobalForwardingRuleArgs } from '@pulumi/gcp/compute/globalForwardingRule.js';
import { ManagedSslCertificate } from '@pulumi/gcp/compute/managedSslCertificate.js';
import { RegionNetworkEndpointGroup } from '@pulumi/gcp/compute/regionNetworkEndpointGroup.js';
import { SSLPolicy, type SSLPolicyArgs } from '@pulumi/gcp/compute/sslpolicy.js';
import { TargetHttpsProxy } from '@pulumi/gcp/compute/targetHttpsProxy.js';
import { URLMap } from '@pulumi/gcp/compute/urlmap.js';
import { RecordSet, type RecordSetArgs } from '@pulumi/gcp/dns/recordSet.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import { Firewall, type FirewallArgs } from './firewall.ts';

export type NetworkEdgeArgs = {
  readonly domain: string;
  readonly dnsZone: string;
  readonly region: string;
  /** Of Cloud Run: the function that forwards requests. */
  readonly serviceName: Input<string>;
  readonly requestsPerSecond: number;
  readonly transform?:
    | (TransformEach<{ backend: BackendServiceArgs; tls: SSLPolicyArgs; rule: GlobalForwardingRuleArgs; record: RecordSetArgs }> & {
        readonly firewall?: FirewallArgs['transform'];
      })
    | undefined;
};

/** The domain, by TLS 1.2 or newer only, through a load balancer and a firewall. Nothing is cached. */
export class NetworkEdge extends ComponentResource {
  readonly url: Output<string>;

  constructor(name: string, args: NetworkEdgeArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:NetworkEdge', name, {}, options);
    const within = { parent: this };
    const { domain, transform = {} } = args;
    const firewall = new Firewall(name, { requestsPerSecond: args.requestsPerSecond, transform: transform.firewall }, within);
    const { urlMapId } = backendOf(name, args, firewall, this);
    const certificate = new ManagedSslCertificate(`${name}-certificate`, { managed: { domains: [`${domain}.`] } }, within);
    const tls = new SSLPolicy(`${name}-tls`, transformed({ profile: 'MODERN', minTlsVersion: 'TLS_1_2' }, transform.tls), within);
    const proxy = new TargetHttpsProxy(`${name}-proxy`, { urlMap: urlMapId, sslCertificates: [certificate.id], sslPolicy: tls.id }, within);
    const address = new GlobalAddress(`${name}-address`, {}, within);
    const rule: GlobalForwardingRuleArgs = {
      target: proxy.id,
      ipAddress: address.id,
      portRange: '443',
      loadBalancingScheme: 'EXTERNAL_MANAGED',
    };
    new GlobalForwardingRule(`${name}-rule`, transformed(rule, transform.rule), within);
    const record: RecordSetArgs = { managedZone: args.dnsZone, name: `${domain}.`, type: 'A', ttl: 300, rrdatas: [address.address] };
    // The certificate becomes valid only when the name leads here.
    new RecordSet(`${name}-record`, transformed(record, transform.record), within);
    this.url = interpolate`https://${domain}`;
    this.registerOutputs({ url: this.url });
  }
}

const backendOf = (name: string, { region, serviceName, transform = {} }: NetworkEdgeArgs, firewall: Firewall, parent: NetworkEdge) => {
  const group = new RegionNetworkEndpointGroup(
    `${name}-group`,
    { region, networkEndpointType: 'SERVERLESS', cloudRun: { service: serviceName } },
    { parent },
  );
  const made: BackendServiceArgs = {
    loadBalancingScheme: 'EXTERNAL_MANAGED',
    protocol: 'HTTPS',
    backends: [{ group: group.id }],
    securityPolicy: firewall.id,
    logConfig: { enable: true, sampleRate: 0.01 },
  };
  const backend = new BackendService(`${name}-backend`, transformed(made, transform.backend), { parent });
  return { urlMapId: new URLMap(`${name}-routes`, { defaultService: backend.id }, { parent }).id };
};
