import { jsonStringify, type Resource as PulumiResource } from '@pulumi/pulumi';
import { edgeUnit, routesOf } from '../edge.ts';
import { PlatformFunction } from './function.ts';
import { common, type FunctionsArgs } from './functions.ts';
import { urlOf } from './site.ts';

/**
 * The one function that anybody may call: it forwards a request to the function that answers it, with a token of its own that lets it in there. It
 * may touch nothing. Google's API Gateway would cost no less, and overwrite `Authorization`, which is the client's.
 */
export const makeHttpApi = (args: FunctionsArgs, admitted: readonly PulumiResource[]): PlatformFunction => {
  const routes = routesOf(args.plan.units).map(([path, unit]) => [path, urlOf(args.site, unit)] as const);
  return new PlatformFunction(
    edgeUnit.name,
    {
      ...common(args, edgeUnit),
      role: args.callers.edge,
      dependsOn: [...args.codeStore.ready, ...admitted],
      environment: { HYBRID_ROUTES: jsonStringify(Object.fromEntries(routes)) },
      bindings: [],
      isPublic: true,
      behindBalancer: args.settings.domain !== undefined,
      transform: args.transforms.function?.[edgeUnit.name],
    },
    { parent: args.parent },
  );
};
