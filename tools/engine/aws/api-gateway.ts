import {
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  DeleteStageCommand,
  GetApiCommand,
  GetIntegrationCommand,
  GetRouteCommand,
  GetStageCommand,
  UpdateApiCommand,
  UpdateIntegrationCommand,
  UpdateRouteCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Account, type Clients, found } from './clients.ts';
import { drift } from './drift.ts';
import { inApiNames } from './shape.ts';

const Anything = z.record(z.string(), z.unknown());

const Api = z.object({
  name: z.string(),
  protocolType: z.enum(['HTTP', 'WEBSOCKET']),
  description: z.string().optional(),
  disableExecuteApiEndpoint: z.boolean().optional(),
  corsConfiguration: Anything.optional(),
});
const apiSettings = (inputs: z.output<typeof Api>) => ({
  Name: inputs.name,
  Description: inputs.description,
  DisableExecuteApiEndpoint: inputs.disableExecuteApiEndpoint,
  CorsConfiguration: inApiNames(inputs.corsConfiguration) as object | undefined,
});

/** Where the emulator answers for a stage of an API. */
const urlOf = (endpoint: string, apiId: string, stage: string): string => `${endpoint}/_aws/execute-api/${apiId}/${stage}`;

/** `apiEndpoint` leads to the stage `$default`, as on AWS. */
export const api = ({ apiGateway }: Clients, { endpoint, region, id: account }: Account) => {
  const computedOf = (id: string) => ({
    apiEndpoint: urlOf(endpoint, id, '$default'),
    arn: `arn:aws:apigateway:${region}::/apis/${id}`,
    executionArn: `arn:aws:execute-api:${region}:${account}:${id}`,
  });
  return kind({
    type: 'aws:apigatewayv2/api:Api',
    inputs: Api,
    naming: { property: 'name', longest: 128 },
    replacedBy: ['protocolType', 'region'],
    computes: ['apiEndpoint', 'arn', 'executionArn'],
    create: async (inputs) => {
      const { ApiId = '' } = await apiGateway.send(new CreateApiCommand({ ...apiSettings(inputs), ProtocolType: inputs.protocolType }));
      return { id: ApiId, computed: computedOf(ApiId) };
    },
    read: async (id, state) => {
      const said = await found(apiGateway.send(new GetApiCommand({ ApiId: id })));
      return said === undefined ? undefined : { inputs: drift(state, { name: said.Name }), computed: computedOf(id) };
    },
    update: async (id, inputs) => {
      await apiGateway.send(new UpdateApiCommand({ ApiId: id, ...apiSettings(inputs) }));
      return computedOf(id);
    },
    remove: async (id) => {
      await found(apiGateway.send(new DeleteApiCommand({ ApiId: id })));
    },
  });
};

const Integration = z.object({
  apiId: z.string(),
  integrationType: z.string(),
  integrationUri: z.string().optional(),
  integrationMethod: z.string().optional(),
  payloadFormatVersion: z.string().optional(),
  timeoutMilliseconds: z.number().optional(),
  connectionType: z.string().optional(),
  requestParameters: z.record(z.string(), z.string()).optional(),
});
const integrationSettings = ({ apiId, requestParameters, ...settings }: z.output<typeof Integration>) => ({
  ...(inApiNames(settings) as { IntegrationType: 'AWS_PROXY' }),
  ApiId: apiId,
  ...(requestParameters && { RequestParameters: requestParameters }),
});

export const integration = ({ apiGateway }: Clients) =>
  kind({
    type: 'aws:apigatewayv2/integration:Integration',
    inputs: Integration,
    replacedBy: ['apiId', 'integrationType', 'connectionType', 'region'],
    computes: [],
    create: async (inputs) => {
      const { IntegrationId = '' } = await apiGateway.send(new CreateIntegrationCommand(integrationSettings(inputs)));
      return { id: IntegrationId, computed: {} };
    },
    read: async (id, state) => {
      const said = await found(apiGateway.send(new GetIntegrationCommand({ ApiId: state.apiId, IntegrationId: id })));
      return said === undefined ? undefined : { inputs: drift(state, { integrationUri: said.IntegrationUri }), computed: {} };
    },
    update: async (id, inputs) => {
      await apiGateway.send(new UpdateIntegrationCommand({ ...integrationSettings(inputs), IntegrationId: id }));
      return {};
    },
    remove: async (id, { apiId }) => {
      await found(apiGateway.send(new DeleteIntegrationCommand({ ApiId: apiId, IntegrationId: id })));
    },
  });

const Route = z.object({
  apiId: z.string(),
  routeKey: z.string(),
  target: z.string().optional(),
  authorizationType: z.string().optional(),
  operationName: z.string().optional(),
});
const routeSettings = (inputs: z.output<typeof Route>) => inApiNames(inputs) as { ApiId: string; RouteKey: string };

export const route = ({ apiGateway }: Clients) =>
  kind({
    type: 'aws:apigatewayv2/route:Route',
    inputs: Route,
    replacedBy: ['apiId', 'region'],
    computes: [],
    create: async (inputs) => {
      const { RouteId = '' } = await apiGateway.send(new CreateRouteCommand(routeSettings(inputs)));
      return { id: RouteId, computed: {} };
    },
    read: async (id, state) => {
      const said = await found(apiGateway.send(new GetRouteCommand({ ApiId: state.apiId, RouteId: id })));
      return said === undefined ? undefined : { inputs: drift(state, { routeKey: said.RouteKey, target: said.Target }), computed: {} };
    },
    update: async (id, inputs) => {
      await apiGateway.send(new UpdateRouteCommand({ ...routeSettings(inputs), RouteId: id }));
      return {};
    },
    remove: async (id, { apiId }) => {
      await found(apiGateway.send(new DeleteRouteCommand({ ApiId: apiId, RouteId: id })));
    },
  });

const Stage = z.object({
  apiId: z.string(),
  name: z.string(),
  autoDeploy: z.boolean().optional(),
  description: z.string().optional(),
  accessLogSettings: Anything.optional(),
  defaultRouteSettings: Anything.optional(),
});
const stageSettings = ({ apiId, name, ...settings }: z.output<typeof Stage>) => ({
  ...(inApiNames(settings) as object),
  ApiId: apiId,
  StageName: name,
});

/** `invokeUrl` is what a client calls. */
export const stage = ({ apiGateway }: Clients, { endpoint, region, id: account }: Account) => {
  const computedOf = ({ apiId, name }: { apiId: string; name: string }) => ({
    invokeUrl: urlOf(endpoint, apiId, name),
    arn: `arn:aws:apigateway:${region}::/apis/${apiId}/stages/${name}`,
    executionArn: `arn:aws:execute-api:${region}:${account}:${apiId}/${name}`,
  });
  return kind({
    type: 'aws:apigatewayv2/stage:Stage',
    inputs: Stage,
    naming: { property: 'name', longest: 128 },
    replacedBy: ['apiId', 'name', 'region'],
    computes: ['invokeUrl', 'arn', 'executionArn'],
    create: async (inputs) => {
      await apiGateway.send(new CreateStageCommand(stageSettings(inputs)));
      return { id: inputs.name, computed: computedOf(inputs) };
    },
    read: async (_id, state) => {
      const said = await found(apiGateway.send(new GetStageCommand({ ApiId: state.apiId, StageName: state.name })));
      return said === undefined ? undefined : { inputs: drift(state, { autoDeploy: said.AutoDeploy }), computed: computedOf(state) };
    },
    update: async (_id, inputs) => {
      await apiGateway.send(new UpdateStageCommand(stageSettings(inputs)));
      return computedOf(inputs);
    },
    remove: async (_id, { apiId, name }) => {
      await found(apiGateway.send(new DeleteStageCommand({ ApiId: apiId, StageName: name })));
    },
  });
};
