import { jsonStringify, type Output } from '@pulumi/pulumi';
import { edgeUnit, routesOf } from '../edge.ts';
import { PlatformFunction } from './function.ts';
import { type Admission, common, type FunctionsArgs } from './functions.ts';
import { Gateway } from './gateway.ts';
import { emailOf, type Site, urlOf } from './site.ts';

/**
 * The one function that anybody may call: it forwards a request to the function that answers it, with a token of its own that lets it in there. It
 * may touch nothing. Where an API Gateway is before it, only that may call it.
 */
export const makeHttpApi = (args: FunctionsArgs, admissions: readonly Admission[]): PlatformFunction => {
  const { settings } = args;
  const heard = [...args.deliveries.subscribers, ...args.deliveries.queues];
  const routes = routesOf(args.plan.units).map(([path, unit]) => [path, urlOf(args.site, unit)] as const);
  return new PlatformFunction(
    edgeUnit.name,
    {
      ...common(args, edgeUnit),
      role: args.callers.edge,
      // Nobody comes in before all that a request leads to is heard of: what is published before there is a subscription, nobody hears.
      dependsOn: [...args.codeStore.ready, ...admissions.map(({ grant }) => grant), ...heard.map(({ made }) => made)],
      environment: {
        HYBRID_ROUTES: jsonStringify(Object.fromEntries(routes)),
        ...(settings.apiGateway ? gated(args.site) : {}),
      },
      bindings: [],
      isPublic: !settings.apiGateway,
      behindBalancer: settings.domain !== undefined,
      transform: args.transforms.function?.[edgeUnit.name],
    },
    { parent: args.parent },
  );
};

/** Cloud Run takes the signature off tokens that it has checked. */
const gated = (site: Site) => ({
  HYBRID_AUDIENCE: urlOf(site, edgeUnit.name),
  HYBRID_INVOKERS: 'checked',
  HYBRID_GATEWAY_CALLERS: emailOf(site, 'gateway'),
});

/** The API Gateway before it, if there is to be one; `url` is that by which clients come. */
export const gatewayBefore = (edge: PlatformFunction, { settings, site, callers, transforms, parent }: FunctionsArgs): Output<string> => {
  const { gateway: role } = callers;
  if (role === undefined) return edge.url;
  const admitted = edge.admit('gateway', role);
  const made = { called: `${site.prefix}-gateway`, region: settings.region, role, edgeUrl: urlOf(site, edgeUnit.name) };
  return new Gateway('gateway', { ...made, transform: transforms.gateway?.gateway }, { parent, dependsOn: [edge, admitted] }).url;
};
