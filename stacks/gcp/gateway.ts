import { Api, type ApiArgs } from '@pulumi/gcp/apigateway/api.js';
import { ApiConfig, type ApiConfigArgs } from '@pulumi/gcp/apigateway/apiConfig.js';
import { Gateway as ApiGateway, type GatewayArgs as ApiGatewayArgs } from '@pulumi/gcp/apigateway/gateway.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output, output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import { contextLabel } from './component.ts';
import { gatewayDocument } from './gateway-document.ts';
import type { Role } from './role.ts';

export type GatewayArgs = {
  /** What its resources are called in the project. */
  readonly called: string;
  readonly region: string;
  /** As whom it calls the edge, and the edge's own URL. */
  readonly role: Pick<Role, 'email'>;
  readonly edgeUrl: Input<string>;
  readonly transform?: TransformEach<{ api: ApiArgs; config: ApiConfigArgs; gateway: ApiGatewayArgs }> | undefined;
};

/** An API Gateway that lets every path through to the edge, as an account of its own. Another document is another config, made before the old one goes. */
export class Gateway extends ComponentResource {
  readonly url: Output<string>;

  constructor(name: string, args: GatewayArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Gateway', name, {}, options);
    const { called, region, role, transform = {} } = args;
    const within = { parent: this };
    const labels = contextLabel('platform');
    const api = new Api(`${name}-api`, transformed({ apiId: called, labels }, transform.api), within);
    const contents = output(args.edgeUrl).apply((url) => Buffer.from(JSON.stringify(gatewayDocument(called, url))).toString('base64'));
    const made: ApiConfigArgs = {
      api: api.apiId,
      apiConfigIdPrefix: `${called}-`,
      openapiDocuments: [{ document: { path: 'openapi.json', contents } }],
      gatewayConfig: { backendConfig: { googleServiceAccount: role.email } },
      labels,
    };
    const config = new ApiConfig(`${name}-config`, transformed(made, transform.config), within);
    const before: ApiGatewayArgs = { apiConfig: config.id, gatewayId: called, region, labels };
    const gateway = new ApiGateway(`${name}-gateway`, transformed(before, transform.gateway), within);
    this.url = interpolate`https://${gateway.defaultHostname}`;
    this.registerOutputs({ url: this.url });
  }
}
