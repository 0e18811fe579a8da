import { at, type Resource, type ResourceRule, textAt } from '../rule.ts';

const distribution = 'aws:cloudfront/distribution:Distribution';

/** The header by which requests prove that they came through the firewall (functions/kernel/origin.ts). */
const proof = 'x-hybrid-origin-secret';

type Part = { readonly props: Resource['props'] };

export const ofNetwork: readonly ResourceRule[] = [
  {
    name: 'network-wants-tls',
    describes: 'Clients, the network before the API, and the API speak TLS 1.2 or later with each other.',
    types: [distribution, 'aws:apigatewayv2/domainName:DomainName'],
    breaks: (resource) => (wantsTls(resource) ? undefined : 'it speaks without TLS, or with an old one'),
  },
  {
    name: 'origin-is-told-the-secret',
    describes: 'The network passes requests on to nobody but the API, and proves to it by a secret that they came through the firewall.',
    types: [distribution],
    breaks: (network) =>
      partsOf(network, 'origins').every((origin) => partsOf(origin, 'customHeaders').some((header) => textAt(header, 'name') === proof))
        ? undefined
        : 'it has an origin that it proves nothing to',
  },
  {
    name: 'network-has-a-firewall',
    describes: 'Nobody reaches the network but through its firewall.',
    types: [distribution],
    breaks: (network) => (textAt(network, 'webAclId') === '' ? 'no firewall is before it' : undefined),
  },
];

const partsOf = (resource: Part, property: string): readonly Part[] =>
  ((at(resource, property) ?? []) as readonly Resource['props'][]).map((props) => ({ props }));

const wantsTls = (resource: Resource): boolean =>
  resource.type === distribution
    ? distributionWantsTls(resource)
    : textAt(resource, 'domainNameConfiguration', 'securityPolicy') === 'TLS_1_2';

const distributionWantsTls = (network: Part): boolean => {
  const [byDefault, origins] = [at(network, 'defaultCacheBehavior'), partsOf(network, 'origins')];
  const behaviours = [{ props: (byDefault ?? {}) as Resource['props'] }, ...partsOf(network, 'orderedCacheBehaviors')];
  return (
    behaviours.every((one) => textAt(one, 'viewerProtocolPolicy') === 'https-only') &&
    textAt(network, 'viewerCertificate', 'minimumProtocolVersion').startsWith('TLSv1.2') &&
    origins.length > 0 &&
    origins.every((one) => textAt(one, 'customOriginConfig', 'originProtocolPolicy') === 'https-only')
  );
};
