import { Api, type ApiArgs } from '@pulumi/azure-native/apimanagement/api.js';
import { ApiManagementService, type ApiManagementServiceArgs } from '@pulumi/azure-native/apimanagement/apiManagementService.js';
import { ApiOperation } from '@pulumi/azure-native/apimanagement/apiOperation.js';
import { ApiPolicy, type ApiPolicyArgs } from '@pulumi/azure-native/apimanagement/apiPolicy.js';
import { NamedValue } from '@pulumi/azure-native/apimanagement/namedValue.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output, secret } from '@pulumi/pulumi';
import { originHeader } from '../../functions/kernel/origin.ts';
import { type TransformEach, transformed } from '../component.ts';
import { type Home, placed, tagsOf } from './component.ts';

export type GatewayArgs = {
  readonly home: Home;
  /** Azure wants to know who publishes an API. */
  readonly publisherEmail: string;
  /** The edge, and what it knows the gateway by. */
  readonly edgeUrl: Input<string>;
  readonly originSecret: Input<string>;
  readonly transform?: TransformEach<{ service: ApiManagementServiceArgs; api: ApiArgs; policy: ApiPolicyArgs }> | undefined;
};

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;
const secretName = 'origin-secret';

/** Says who it is, overwriting what a client says of that; bodies are streamed both ways. The tier ends a call after 30 s. */
const policy = `<policies>
  <inbound>
    <base />
    <set-header name="${originHeader}" exists-action="override"><value>{{${secretName}}}</value></set-header>
  </inbound>
  <backend><forward-request timeout="30" follow-redirects="false" buffer-request-body="false" buffer-response="false" /></backend>
  <outbound><base /></outbound>
  <on-error><base /></on-error>
</policies>`;

/** API Management of the Consumption tier, which costs nothing while nobody calls: it lets every path through to the edge. */
export class Gateway extends ComponentResource {
  readonly url: Output<string>;

  constructor(name: string, args: GatewayArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Gateway', name, {}, options);
    const { home, transform = {} } = args;
    const within = { parent: this };
    const made: ApiManagementServiceArgs = {
      ...placed(home),
      sku: { name: 'Consumption', capacity: 0 },
      ...{ publisherEmail: args.publisherEmail, publisherName: 'hybrid-ai-platform' },
      tags: tagsOf(home, 'platform'),
    };
    const service = new ApiManagementService(`${name}-service`, transformed(made, transform.service), within);
    const of = { resourceGroupName: home.resourceGroupName, serviceName: service.name };
    const known = { namedValueId: secretName, displayName: secretName, secret: true, value: secret(args.originSecret) };
    const value = new NamedValue(`${name}-origin`, { ...of, ...known }, within);
    const open: ApiArgs = {
      ...{ ...of, apiId: 'platform', displayName: 'hybrid-ai-platform', path: '', protocols: ['https'] },
      // Clients have the platform's own keys.
      ...{ serviceUrl: args.edgeUrl, subscriptionRequired: false },
    };
    const api = new Api(`${name}-api`, transformed(open, transform.api), within);
    const proving: ApiPolicyArgs = { ...of, apiId: api.name, policyId: 'policy', format: 'rawxml', value: policy };
    new ApiPolicy(`${name}-policy`, transformed(proving, transform.policy), { ...within, dependsOn: [value] });
    for (const method of methods) {
      const any = { operationId: method.toLowerCase(), displayName: `${method} any path`, method, urlTemplate: '/*' };
      new ApiOperation(`${name}-${method.toLowerCase()}`, { ...of, ...any, apiId: api.name }, within);
    }
    this.url = service.gatewayUrl;
    this.registerOutputs({ url: this.url });
  }
}
