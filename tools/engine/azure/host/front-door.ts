import type { EdgeResources } from './edge-resources.ts';
import { type FirewallPolicy, makeJudge } from './firewall.ts';
import type { Front, Site } from './front.ts';

type Ref = { readonly id: string };
export type Route = {
  readonly originGroup: Ref;
  readonly customDomains: readonly Ref[];
  readonly ruleSets: readonly Ref[];
  readonly patternsToMatch: readonly string[];
  readonly supportedProtocols: readonly string[];
  readonly enabledState: string;
};
type Origin = { readonly hostName: string; readonly originHostHeader: string; readonly enabledState: string; readonly priority: number };
type Rule = { readonly actions: readonly { readonly parameters: { readonly headerName: string; readonly value: string } }[] };
type Protection = {
  readonly parameters: { readonly wafPolicy: Ref; readonly associations: readonly { readonly domains: readonly Ref[] }[] };
};
export type RecordSet = {
  readonly zoneName: string;
  readonly relativeRecordSetName: string;
  readonly recordType: string;
  readonly targetResource?: { readonly id?: string | undefined } | undefined;
  readonly cnameRecord?: { readonly cname: string } | undefined;
  readonly txtRecords?: readonly { readonly value: readonly string[] }[] | undefined;
};

/** The name that a record is for. */
export const nameOf = ({ relativeRecordSetName, zoneName }: Pick<RecordSet, 'relativeRecordSetName' | 'zoneName'>): string =>
  relativeRecordSetName === '@' ? zoneName : `${relativeRecordSetName}.${zoneName}`;

/** Whether a record leads a domain's name somewhere. */
export const ofDomain = (record: unknown, domain: string): boolean => {
  const { targetResource, cnameRecord, ...rest } = record as RecordSet;
  return (targetResource?.id !== undefined || cnameRecord !== undefined) && nameOf(rest) === domain;
};

/** The address that everybody outside of the subscription comes from. */
const client = '198.51.100.7';
const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** How well a pattern fits: an exact one best, then the longest; below zero it does not. */
const fits = (pattern: string, path: string): number => {
  const [wanted, asked] = [pattern.toLowerCase(), path.toLowerCase()];
  if (wanted === asked) return Number.POSITIVE_INFINITY;
  return wanted.endsWith('/*') && asked.startsWith(wanted.slice(0, -1)) ? wanted.length : -1;
};

/**
 * Serves a domain as its Front Door would: by the CNAME or alias record to an endpoint, the domain that its TXT record proves, the firewall, the most specific route
 * (https://learn.microsoft.com/azure/frontdoor/front-door-route-matching), the rules of that, and an origin of its group.
 */
export const frontDoorSite = (edge: EdgeResources, front: Pick<Front, 'sites'>): Site => {
  const judge = makeJudge();
  const all = <T>(type: string): readonly (readonly [string, T])[] => edge.all(type) as readonly (readonly [string, T])[];
  const records = () => all<RecordSet>('dns:RecordSet').map(([, record]) => record);

  const endpointOf = (domain: string): string | undefined => {
    const { targetResource, cnameRecord } = records().find((record) => ofDomain(record, domain) && record.recordType !== 'AAAA') ?? {};
    const endpoints = all<{ readonly hostName: string }>('cdn:AFDEndpoint');
    return targetResource?.id ?? endpoints.find(([, { hostName }]) => hostName === cnameRecord?.cname)?.[0];
  };
  const provenDomain = (host: string): string | undefined => {
    const [id] = all<{ readonly hostName: string }>('cdn:AFDCustomDomain').find(([, { hostName }]) => hostName === host) ?? [];
    const proofs = records().filter((record) => record.recordType === 'TXT' && nameOf(record) === `_dnsauth.${host}`);
    return proofs.some(({ txtRecords = [] }) => txtRecords.some(({ value }) => value.join('') === 'token')) ? id : undefined;
  };
  const policyOf = (domain: string): FirewallPolicy | undefined => {
    const [, protection] =
      all<Protection>('cdn:SecurityPolicy').find(([, { parameters }]) =>
        parameters.associations.some(({ domains }) => domains.some(({ id }) => same(id, domain))),
      ) ?? [];
    return protection && (edge.get(protection.parameters.wafPolicy.id)?.inputs as FirewallPolicy | undefined);
  };
  const routeTo = (endpoint: string, domain: string, path: string): Route | undefined => {
    const matches = all<Route>('cdn:Route')
      .filter(([id, { enabledState, customDomains, supportedProtocols }]) => {
        const isOfDomain = id.startsWith(`${endpoint.toLowerCase()}/`) && customDomains.some((one) => same(one.id, domain));
        return isOfDomain && enabledState === 'Enabled' && supportedProtocols.includes('Https');
      })
      .map(([, route]) => ({ route, fit: Math.max(...route.patternsToMatch.map((pattern) => fits(pattern, path))) }));
    const [best] = matches.toSorted((one, other) => other.fit - one.fit);
    return best !== undefined && best.fit >= 0 ? best.route : undefined;
  };
  const originOf = (group: string): Origin | undefined =>
    all<Origin>('cdn:AFDOrigin')
      .filter(([id, { enabledState }]) => id.startsWith(`${group.toLowerCase()}/`) && enabledState === 'Enabled')
      .map(([, origin]) => origin)
      .toSorted((one, other) => one.priority - other.priority)[0];
  const headersOf = ({ ruleSets }: Route): Readonly<Record<string, string>> => {
    const rules = all<Rule>('cdn:Rule').filter(([id]) => ruleSets.some((set) => id.startsWith(`${set.id.toLowerCase()}/`)));
    const changed = rules.flatMap(([, { actions }]) => actions.map(({ parameters }) => [parameters.headerName, parameters.value] as const));
    return Object.fromEntries(changed);
  };

  return (incoming, outgoing, { host, path }) => {
    const [endpoint, domain] = [endpointOf(host), provenDomain(host)];
    const turnAway = (status: number) => void outgoing.writeHead(status, { 'content-type': 'text/html' }).end(`<h2>${status}</h2>`);
    if (endpoint === undefined || domain === undefined) return turnAway(404);
    const policy = policyOf(domain);
    const status = policy && judge(policy, { uri: `https://${host}:443${path}`, address: client, at: Date.now() });
    if (status !== undefined) return turnAway(status);
    const route = routeTo(endpoint, domain, path.split('?')[0] ?? '/');
    const origin = route && originOf(route.originGroup.id);
    const site = origin && front.sites.get(origin.hostName);
    if (route === undefined || origin === undefined) return turnAway(404);
    if (site === undefined) return turnAway(502);
    const profile = edge.get(endpoint.split('/').slice(0, -2).join('/'))?.inputs as { readonly frontDoorId: string } | undefined;
    const itsOwn = {
      'x-azure-fdid': profile?.frontDoorId,
      'x-azure-clientip': client,
      'x-forwarded-host': host,
      'x-forwarded-proto': 'https',
    };
    Object.assign(incoming.headers, itsOwn, headersOf(route));
    site(incoming, outgoing, { host: origin.originHostHeader, path, from: 'AzureFrontDoor.Backend' });
  };
};
