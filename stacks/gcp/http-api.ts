import { jsonStringify } from '@pulumi/pulumi';
import { edgeUnit, routesOf } from '../edge.ts';
import { PlatformFunction } from './function.ts';
import { type Admission, common, type FunctionsArgs } from './functions.ts';
import { urlOf } from './site.ts';

/**
 * The one function that anybody may call: it forwards a request to the function that answers it, with a token of its own that lets it in there. It
 * may touch nothing. Google's API Gateway would cost no less, and overwrite `Authorization`, which is the client's.
 */
export const makeHttpApi = (args: FunctionsArgs, admissions: readonly Admission[]): PlatformFunction => {
  const heard = [...args.deliveries.subscribers, ...args.deliveries.queues];
  const routes = routesOf(args.plan.units).map(([path, unit]) => [path, urlOf(args.site, unit)] as const);
  return new PlatformFunction(
    edgeUnit.name,
    {
      ...common(args, edgeUnit),
      role: args.callers.edge,
      // Nobody comes in before all that a request leads to is heard of: what is published before there is a subscription, nobody hears.
      dependsOn: [...args.codeStore.ready, ...admissions.map(({ grant }) => grant), ...heard.map(({ made }) => made)],
      environment: { HYBRID_ROUTES: jsonStringify(Object.fromEntries(routes)) },
      bindings: [],
      isPublic: true,
      behindBalancer: args.settings.domain !== undefined,
      transform: args.transforms.function?.[edgeUnit.name],
    },
    { parent: args.parent },
  );
};
