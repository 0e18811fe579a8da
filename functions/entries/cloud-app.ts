import { authentication } from '../kernel/authentication.ts';
import type { ContextDeclaration } from '../kernel/context.ts';
import { originHeader, refuseDetour } from '../kernel/origin.ts';
import { lastUses, qualifiedName } from '../kernel/resources.ts';
import { platformApp, type Serving } from '../kernel/serve.ts';
import { cloudRoutes } from '../kernel/units.ts';
import type { Documents } from '../platform/get-openapi.ts';
import { type BoundContext, running } from './bound-context.ts';
import { type Carries, carriedModelHost } from './carried-model-host.ts';
import type { DeliveringCloud } from './cloud.ts';
import type { FetchApp } from './fetch-app.ts';
import { functionsOf } from './functions.ts';
import type { Opened } from './opened.ts';
import { qualified } from './ports.ts';
import { refusal, refusedOf } from './refusal.ts';

/** What a cloud's calls carry: an answer of a model, and how many bytes of a streamed answer. */
export type CloudAppOptions = {
  /** Where the platform's own documents are among the routes. */
  readonly documents?: Documents | undefined;
  readonly carries: Carries;
  readonly largestAnswerBytes: number;
};

/** On every cloud functions of requests are ended after 29 s, and a gateway waits for none any longer. */
const longestRequestMillis = 30_000;

/** The routes of these contexts that a cloud serves, for requests that came through the platform's own door. */
export const cloudApp = (
  bound: readonly BoundContext[],
  opened: Opened<DeliveringCloud>,
  { documents, carries, largestAnswerBytes }: CloudAppOptions,
): FetchApp => {
  const { cloud, environment, log } = opened;
  const { tables, portsFor } = functionsOf(bound, opened, { documents, modelHost: carriedModelHost(cloud.modelHost, carries) });
  const serving: Serving = {
    ...{ clock: cloud.clock, ids: cloud.ids, log, bus: cloud.bus },
    instance: { id: cloud.ids.next(), sole: false },
    authenticate: authentication({
      directory: tables(qualified('identity', 'directory')),
      lastUses: tables(qualifiedName(lastUses)),
      clock: cloud.clock,
      bootstrapHash: environment.HYBRID_BOOTSTRAP_KEY_SHA256,
    }),
    largestAnswerBytes,
    longestRequestMillis,
  };
  const contexts = bound.map((context) =>
    running({ ...context, declaration: onCloud(context.declaration) }, portsFor(context.declaration)),
  );
  const app = platformApp(contexts, serving);
  return (request) => {
    const detour = refuseDetour(request.headers.get(originHeader) ?? undefined, environment.HYBRID_ORIGIN_SECRET_SHA256);
    return detour === undefined ? app.fetch(request) : refusal(refusedOf(request), detour);
  };
};

const onCloud = (declaration: ContextDeclaration): ContextDeclaration => ({
  ...declaration,
  routes: Object.fromEntries(cloudRoutes(declaration)),
});
