import { LogGroup, type LogGroupArgs } from '@pulumi/aws/cloudwatch/logGroup.js';
import { Alias, type AliasArgs } from '@pulumi/aws/lambda/alias.js';
import { Function as LambdaFunction, type FunctionArgs as LambdaFunctionArgs } from '@pulumi/aws/lambda/function.js';
import { FunctionEventInvokeConfig, type FunctionEventInvokeConfigArgs } from '@pulumi/aws/lambda/functionEventInvokeConfig.js';
import { type asset, ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import { contextTag, type Statement, type TransformEach, transformed } from './component.ts';
import { Role, type RoleArgs } from './role.ts';

/** The newest that `@pulumi/aws` 7.48 knows. */
const runtime = 'nodejs24.x';

export type FunctionArgs = {
  readonly context: string;
  /** A zip that holds `index.mjs`, or where in S3 it lies. */
  readonly code?: asset.Archive | undefined;
  readonly codeBucket?: Input<string> | undefined;
  readonly codeKey?: Input<string> | undefined;
  /** Base64 of the zip's SHA-256. */
  readonly codeHash: string;
  readonly architecture: 'arm64' | 'x86_64';
  readonly memoryMegabytes: number;
  readonly diskMegabytes?: number | undefined;
  readonly timeoutSeconds: number;
  readonly environment: { readonly [variable: string]: Input<string> };
  readonly statements: readonly Statement[];
  readonly logRetentionDays: number;
  readonly logKeyArn?: Input<string> | undefined;
  readonly reservedConcurrency?: number | undefined;
  /** The version that serves while this update's gets only `candidatePercent` of the requests. */
  readonly stableVersion?: string | undefined;
  readonly candidatePercent?: number | undefined;
  /** Takes invocations that nobody waits for and that failed. */
  readonly deadLetterArn?: Input<string> | undefined;
  readonly transform?:
    | (TransformEach<{ function: LambdaFunctionArgs; logs: LogGroupArgs; live: AliasArgs; invocations: FunctionEventInvokeConfigArgs }> & {
        readonly role?: RoleArgs['transform'];
      })
    | undefined;
};

/**
 * A function with its log, its role and the alias `live`, which is what everything calls. Every update is a version; `live` leads to the newest,
 * or leads only some requests there while a roll-out lasts (see rollout.ts).
 */
export class PlatformFunction extends ComponentResource {
  readonly functionName: Output<string>;
  readonly functionArn: Output<string>;
  readonly version: Output<string>;
  /** Of the alias. */
  readonly arn: Output<string>;
  readonly invokeArn: Output<string>;
  readonly aliasName: Output<string>;

  constructor(name: string, args: FunctionArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Function', name, {}, options);
    const within = { parent: this };
    const logs = new LogGroup(`${name}-logs`, transformed(logsOf(args), args.transform?.logs), within);
    const role = new Role(
      name,
      { service: 'lambda.amazonaws.com', statements: [...args.statements, writesLogs(logs)], transform: args.transform?.role },
      within,
    );
    const lambda = new LambdaFunction(`${name}-function`, transformed(functionOf(args, role, logs), args.transform?.function), {
      ...within,
      // Without its policy a role cannot read the sources that are about to be attached to the function.
      dependsOn: [role.policy],
    });
    const alias = new Alias(`${name}-live`, transformed(liveOf(args, lambda), args.transform?.live), within);
    if (args.deadLetterArn !== undefined) {
      const invocations: FunctionEventInvokeConfigArgs = {
        functionName: lambda.name,
        qualifier: alias.name,
        maximumRetryAttempts: 2,
        destinationConfig: { onFailure: { destination: args.deadLetterArn } },
      };
      new FunctionEventInvokeConfig(`${name}-invocations`, transformed(invocations, args.transform?.invocations), within);
    }
    this.functionName = lambda.name;
    this.functionArn = lambda.arn;
    this.version = lambda.version;
    this.arn = alias.arn;
    this.invokeArn = alias.invokeArn;
    this.aliasName = alias.name;
    this.registerOutputs({ functionName: this.functionName, arn: this.arn, version: this.version });
  }
}

const liveOf = ({ stableVersion, candidatePercent = 0 }: FunctionArgs, lambda: LambdaFunction): AliasArgs => {
  const live = { name: 'live', functionName: lambda.name };
  if (stableVersion === undefined) return { ...live, functionVersion: lambda.version };
  const additionalVersionWeights = lambda.version.apply((version) => sharing(version, stableVersion, candidatePercent));
  return { ...live, functionVersion: stableVersion, routingConfig: { additionalVersionWeights } };
};

const sharing = (candidate: string, stable: string, percent: number): Record<string, number> =>
  candidate === stable ? {} : { [candidate]: percent / 100 };

const logsOf = ({ context, logRetentionDays, logKeyArn }: FunctionArgs): LogGroupArgs => ({
  retentionInDays: logRetentionDays,
  ...(logKeyArn === undefined ? {} : { kmsKeyId: logKeyArn }),
  tags: contextTag(context),
});

const writesLogs = (logs: LogGroup): Statement => ({
  Sid: 'WriteLogs',
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
  Resource: interpolate`${logs.arn}:*`,
});

const functionOf = (args: FunctionArgs, role: Role, logs: LogGroup): LambdaFunctionArgs => ({
  runtime,
  handler: 'index.handler',
  role: role.arn,
  ...(args.code === undefined ? { s3Bucket: args.codeBucket, s3Key: args.codeKey } : { code: args.code }),
  sourceCodeHash: args.codeHash,
  architectures: [args.architecture],
  memorySize: args.memoryMegabytes,
  ...(args.diskMegabytes === undefined ? {} : { ephemeralStorage: { size: args.diskMegabytes } }),
  timeout: args.timeoutSeconds,
  environment: { variables: args.environment },
  // Lambda's own lines on start and end of each request would be most of what is paid for; what goes wrong is still written.
  loggingConfig: { logGroup: logs.name, logFormat: 'JSON', applicationLogLevel: 'INFO', systemLogLevel: 'WARN' },
  // Traces what a caller traces. `Active` would take 5 % and a request a second on its own account, and Lambda lets nobody lower that.
  tracingConfig: { mode: 'PassThrough' },
  publish: true,
  ...(args.reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: args.reservedConcurrency }),
  tags: contextTag(args.context),
});
