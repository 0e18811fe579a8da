import { ApiMapping, type ApiMappingArgs } from '@pulumi/aws/apigatewayv2/apiMapping.js';
import { DomainName, type DomainNameArgs } from '@pulumi/aws/apigatewayv2/domainName.js';
import { Distribution, type DistributionArgs } from '@pulumi/aws/cloudfront/distribution.js';
import { Record as DnsRecord, type RecordArgs } from '@pulumi/aws/route53/record.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import { originHeader } from '../../functions/kernel/origin.ts';
import { Certificate, type CertificateArgs } from './certificate.ts';
import { type TransformEach, transformed } from './component.ts';
import { Firewall, type FirewallArgs } from './firewall.ts';

/** CloudFront and what belongs to it live there, wherever the platform does. */
const edgeRegion = 'us-east-1';

/** Policies of CloudFront's own: nothing is cached, and all is passed on but the name that the client called. */
const nothingCached = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const allButHost = 'b689b0a8-53d0-40ab-baf2-68738e2966ac';

export type NetworkEdgeArgs = {
  readonly domain: string;
  readonly hostedZoneId: string;
  readonly region: string;
  readonly apiId: Input<string>;
  readonly stageName: Input<string>;
  readonly originSecret: Input<string>;
  /** What the API lets through; of one address a part of it, and what is more is refused before it costs anything. */
  readonly requestsPerSecond: number;
  readonly transform?:
    | (TransformEach<{ distribution: DistributionArgs; domain: DomainNameArgs; mapping: ApiMappingArgs; record: RecordArgs }> & {
        readonly firewall?: FirewallArgs['transform'];
        readonly certificate?: CertificateArgs['transform'];
      })
    | undefined;
};

/**
 * The platform's own domain: a network with a firewall, behind it the API by a name that only the network uses, with a secret that the functions
 * ask for. Whoever guesses that name is turned away by them.
 */
export class NetworkEdge extends ComponentResource {
  readonly url: Output<string>;

  constructor(name: string, args: NetworkEdgeArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:NetworkEdge', name, {}, options);
    const within = { parent: this };
    const { domain, hostedZoneId, requestsPerSecond } = args;
    const origin = makeOrigin(name, args, this);
    const firewall = new Firewall(name, { region: edgeRegion, requestsPerSecond, transform: args.transform?.firewall }, within);
    const proven = { domain, hostedZoneId, region: edgeRegion, transform: args.transform?.certificate };
    const certificate = new Certificate(name, proven, within);
    const made = distributionOf(args, origin, certificate.arn, firewall.arn);
    const distribution = new Distribution(`${name}-distribution`, transformed(made, args.transform?.distribution), within);
    const target = { name: distribution.domainName, zoneId: distribution.hostedZoneId, evaluateTargetHealth: false };
    for (const type of ['A', 'AAAA']) {
      const record: RecordArgs = { zoneId: hostedZoneId, name: domain, type, aliases: [target] };
      new DnsRecord(`${name}-${type.toLowerCase()}`, transformed(record, args.transform?.record), within);
    }
    // Clients may come as soon as all of it is there.
    this.url = distribution.domainName.apply(() => `https://${domain}`);
    this.registerOutputs({ url: this.url });
  }
}

/** The API under a name of its own, which CloudFront calls; gives that name. */
const makeOrigin = (name: string, args: NetworkEdgeArgs, parent: NetworkEdge): Output<string> => {
  const originName = `origin.${args.domain}`;
  const { hostedZoneId, region, apiId, stageName, transform = {} } = args;
  const proven = { domain: originName, hostedZoneId, region, transform: transform.certificate };
  const certificate = new Certificate(`${name}-origin`, proven, { parent });
  const named: DomainNameArgs = {
    domainName: originName,
    domainNameConfiguration: { certificateArn: certificate.arn, endpointType: 'REGIONAL', securityPolicy: 'TLS_1_2' },
  };
  const { domainName, domainNameConfiguration } = new DomainName(`${name}-origin`, transformed(named, transform.domain), { parent });
  const mapping: ApiMappingArgs = { apiId, stage: stageName, domainName };
  new ApiMapping(`${name}-origin`, transformed(mapping, transform.mapping), { parent });
  const { targetDomainName, hostedZoneId: zoneId } = domainNameConfiguration;
  const target = { name: targetDomainName, zoneId, evaluateTargetHealth: false };
  const record: RecordArgs = { zoneId: hostedZoneId, name: originName, type: 'A', aliases: [target] };
  new DnsRecord(`${name}-origin`, transformed(record, transform.record), { parent });
  return domainName;
};

const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'POST', 'PATCH', 'DELETE'];

const distributionOf = (
  { domain, originSecret }: NetworkEdgeArgs,
  originName: Output<string>,
  acmCertificateArn: Output<string>,
  webAclId: Output<string>,
): DistributionArgs => ({
  enabled: true,
  comment: 'The API of the Hybrid AI Platform',
  aliases: [domain],
  httpVersion: 'http2and3',
  isIpv6Enabled: true,
  priceClass: 'PriceClass_100',
  webAclId,
  origins: [
    {
      originId: 'api',
      domainName: originName,
      customHeaders: [{ name: originHeader, value: originSecret }],
      customOriginConfig: {
        httpPort: 80,
        httpsPort: 443,
        originProtocolPolicy: 'https-only',
        originSslProtocols: ['TLSv1.2'],
        originReadTimeout: 30,
      },
    },
  ],
  defaultCacheBehavior: {
    targetOriginId: 'api',
    viewerProtocolPolicy: 'https-only',
    allowedMethods: methods,
    cachedMethods: ['GET', 'HEAD'],
    cachePolicyId: nothingCached,
    originRequestPolicyId: allButHost,
    compress: false,
  },
  restrictions: { geoRestriction: { restrictionType: 'none' } },
  viewerCertificate: { acmCertificateArn, sslSupportMethod: 'sni-only', minimumProtocolVersion: 'TLSv1.2_2021' },
});
