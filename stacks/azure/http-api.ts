import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output } from '@pulumi/pulumi';
import { type FunctionArgs, PlatformFunction } from './function.ts';
import { secretReference } from './functions.ts';
import { Secret } from './secret.ts';
import type { Vault } from './vault.ts';

export type HttpApiArgs = Omit<FunctionArgs, 'settings' | 'access' | 'frontDoorId' | 'context'> & {
  readonly vault: Vault;
  readonly runtime: Pick<FunctionArgs, 'settings' | 'access'>;
  /** Where each path leads to, with all below it; the longest counts. */
  readonly routes: readonly { readonly path: string; readonly url: Input<string> }[];
  readonly originSecret: Input<string>;
  /** The SHA-256 of what a gateway before it proves itself with; without one everybody may come. */
  readonly gatewaySecretHash?: Input<string> | undefined;
};

/**
 * One name before all apps where no Front Door is: an app that forwards to them by path. It proves itself with a secret that it has from the vault;
 * the apps refuse whoever comes without.
 */
export class HttpApi extends ComponentResource {
  readonly app: PlatformFunction;
  readonly url: Output<string>;

  constructor(name: string, args: HttpApiArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:HttpApi', name, {}, options);
    const { vault, runtime, routes, originSecret, gatewaySecretHash, ...made } = args;
    const kept = { home: args.home, vault, context: 'platform', contentType: 'text/plain', protectsData: false } as const;
    const secret = new Secret(`${name}-origin`, { ...kept, value: originSecret }, { parent: this });
    this.app = new PlatformFunction(
      name,
      {
        ...made,
        context: 'platform',
        settings: {
          ...runtime.settings,
          HYBRID_ROUTES: jsonStringify(routes.map(({ path, url }) => [path, url])).apply(asObject),
          HYBRID_ORIGIN_SECRET: secretReference(secret.url),
          ...(gatewaySecretHash === undefined ? {} : { HYBRID_ORIGIN_SECRET_SHA256: gatewaySecretHash }),
        },
        access: [...runtime.access, { of: 'origin-secret', role: 'secret-reader', scope: secret.id }],
      },
      { parent: this },
    );
    this.url = this.app.url;
    this.registerOutputs({ url: this.url });
  }
}

const asObject = (pairs: string): string => JSON.stringify(Object.fromEntries(JSON.parse(pairs) as [string, string][]));
