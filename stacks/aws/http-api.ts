import { Api, type ApiArgs } from '@pulumi/aws/apigatewayv2/api.js';
import { Integration, type IntegrationArgs } from '@pulumi/aws/apigatewayv2/integration.js';
import { Route, type RouteArgs } from '@pulumi/aws/apigatewayv2/route.js';
import { Stage, type StageArgs } from '@pulumi/aws/apigatewayv2/stage.js';
import { LogGroup, type LogGroupArgs } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Permission, type PermissionArgs } from '@pulumi/aws/lambda/permission.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from './component.ts';

/** A gateway lets go of a request after 30 s, whatever it is told. */
const timeoutMilliseconds = 30_000;

/** Leads wherever no other path does. Without it the gateway itself answers there, in words of its own. */
export const otherPaths = '$default';

export type HttpApiArgs = {
  /** The functions by name, and the paths that lead to each; a path belongs to one function. */
  readonly targets: { readonly [unit: string]: HttpTarget };
  readonly requestsPerSecond: number;
  readonly requestBurst: number;
  readonly logRetentionDays: number;
  readonly logKeyArn?: Input<string> | undefined;
  /** Whether clients may come by the name that AWS gave, past a domain of one's own. */
  readonly enableDefaultEndpoint: boolean;
  readonly transform?: TransformEach<Children> | undefined;
};

type Children = {
  api: ApiArgs;
  logs: LogGroupArgs;
  stage: StageArgs;
  integration: IntegrationArgs;
  permission: PermissionArgs;
  route: RouteArgs;
};

export type HttpTarget = {
  readonly paths: readonly string[];
  readonly functionName: Input<string>;
  readonly invokeArn: Input<string>;
  readonly aliasName: Input<string>;
};

/** One API before all functions that answer requests. Routes are named by their paths, so that they stay when another function takes them over. */
export class HttpApi extends ComponentResource {
  readonly apiId: Output<string>;
  readonly url: Output<string>;
  readonly stageName: Output<string>;

  constructor(name: string, args: HttpApiArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:HttpApi', name, {}, options);
    const within = { parent: this };
    const made: ApiArgs = { protocolType: 'HTTP', disableExecuteApiEndpoint: !args.enableDefaultEndpoint };
    const api = new Api(`${name}-api`, transformed(made, args.transform?.api), within);
    const logKey = args.logKeyArn === undefined ? {} : { kmsKeyId: args.logKeyArn };
    const kept: LogGroupArgs = { retentionInDays: args.logRetentionDays, ...logKey };
    const logs = new LogGroup(`${name}-logs`, transformed(kept, args.transform?.logs), within);
    for (const [unit, target] of Object.entries(args.targets)) lead({ name, api, within, transform: args.transform ?? {} }, unit, target);
    const stage = new Stage(`${name}-stage`, transformed(stageOf(api, logs, args), args.transform?.stage), within);
    this.apiId = api.id;
    this.url = api.apiEndpoint;
    this.stageName = stage.name;
    this.registerOutputs({ apiId: this.apiId, url: this.url });
  }
}

type Leading = {
  readonly name: string;
  readonly api: Api;
  readonly within: { readonly parent: HttpApi };
  readonly transform: TransformEach<Children>;
};

const lead = ({ name, api, within, transform }: Leading, unit: string, target: HttpTarget): void => {
  const calling: IntegrationArgs = {
    apiId: api.id,
    integrationType: 'AWS_PROXY',
    integrationUri: target.invokeArn,
    payloadFormatVersion: '2.0',
    timeoutMilliseconds,
  };
  const integration = new Integration(`${name}-${unit}`, transformed(calling, transform.integration), within);
  const permission: PermissionArgs = {
    action: 'lambda:InvokeFunction',
    function: target.functionName,
    qualifier: target.aliasName,
    principal: 'apigateway.amazonaws.com',
    sourceArn: interpolate`${api.executionArn}/*`,
  };
  new Permission(`${name}-${unit}`, transformed(permission, transform.permission), within);
  for (const path of target.paths) {
    const routeKey = path === otherPaths ? path : `ANY ${path}`;
    const route: RouteArgs = { apiId: api.id, routeKey, target: interpolate`integrations/${integration.id}` };
    new Route(`${name}-${nameOf(path)}`, transformed(route, transform.route), within);
  }
};

/** `/v1/models/{proxy+}` as `v1-models-below`. */
const nameOf = (path: string): string =>
  path
    .replace('{proxy+}', 'below')
    .split(/[^a-zA-Z0-9]+/)
    .filter((part) => part !== '')
    .join('-');

const stageOf = (api: Api, logs: LogGroup, { requestsPerSecond, requestBurst }: HttpApiArgs): StageArgs => ({
  apiId: api.id,
  name: '$default',
  autoDeploy: true,
  accessLogSettings: { destinationArn: logs.arn, format: JSON.stringify(accessLog) },
  defaultRouteSettings: { throttlingRateLimit: requestsPerSecond, throttlingBurstLimit: requestBurst, detailedMetricsEnabled: false },
});

/** What the gateway itself answered (413, 429, 503) shows here and nowhere else. Neither queries nor headers: they may hold what is nobody's business. */
const accessLog = {
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  ip: '$context.identity.sourceIp',
  method: '$context.httpMethod',
  path: '$context.path',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  milliseconds: '$context.responseLatency',
  integrationStatus: '$context.integration.status',
  integrationError: '$context.integrationErrorMessage',
};
