import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MetricAlarm, type MetricAlarmArgs } from '@pulumi/aws/cloudwatch/metricAlarm.js';
import { Permission, type PermissionArgs } from '@pulumi/aws/lambda/permission.js';
import { asset, ComponentResource, type ComponentResourceOptions, type Input, interpolate, jsonStringify } from '@pulumi/pulumi';
import type { AlarmSpecification } from './alarms.ts';
import { type TransformEach, transformed } from './component.ts';
import { type FunctionArgs, PlatformFunction } from './function.ts';
import type { Functions } from './functions.ts';
import { alarmOf } from './monitoring.ts';
import type { Settings } from './options.ts';

export type RolloutArgs = {
  readonly rollout: Settings['rollout'];
  readonly functions: Functions;
  readonly topicArn: Input<string>;
  readonly logRetentionDays: number;
  readonly logKeyArn?: Input<string> | undefined;
  readonly transform?:
    | (TransformEach<{ alarm: MetricAlarmArgs; permission: PermissionArgs }> & { readonly function?: FunctionArgs['transform'] })
    | undefined;
};

/**
 * Watches new versions while they get only some of the requests (`platform:rollout`). The alias shares out the requests; where the new version
 * fails, its alarm calls a function that leads all of them back to the stable one, within two minutes and without anybody's doing. A roll-out is
 * completed, or given up, by taking its entry out of the configuration. (CodeDeploy would want to own the alias, and a tool beside `pulumi up`.)
 */
export class Rollout extends ComponentResource {
  constructor(name: string, args: RolloutArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Rollout', name, {}, options);
    const within = { parent: this };
    const watched = Object.entries(args.rollout).flatMap(([unit, { stable }]) => {
      const made = args.functions[unit];
      return made === undefined ? [] : [{ unit, stable, made }];
    });
    const rollBack = new PlatformFunction(
      'roll-back',
      {
        context: 'platform',
        ...code(),
        architecture: 'arm64',
        memoryMegabytes: 128,
        timeoutSeconds: 30,
        environment: { STABLE_VERSIONS: jsonStringify(watched.map(({ made, stable }) => [made.functionName, stable])).apply(asObject) },
        statements: [
          {
            Sid: 'RollBack',
            Effect: 'Allow',
            Action: ['lambda:UpdateAlias'],
            Resource: watched.map(({ made }) => made.functionArn),
          },
        ],
        logRetentionDays: args.logRetentionDays,
        logKeyArn: args.logKeyArn,
        transform: args.transform?.function,
      },
      within,
    );
    for (const { unit, made } of watched) {
      const fails = alarmOf(newVersionFails(unit, made), [args.topicArn, rollBack.functionArn]);
      const telling: MetricAlarmArgs = { ...fails, okActions: [args.topicArn] };
      const alarm = new MetricAlarm(`${name}-${unit}`, transformed(telling, args.transform?.alarm), within);
      const permission: PermissionArgs = {
        action: 'lambda:InvokeFunction',
        function: rollBack.functionName,
        principal: 'lambda.alarms.cloudwatch.amazonaws.com',
        sourceArn: alarm.arn,
      };
      new Permission(`${name}-${unit}`, transformed(permission, args.transform?.permission), within);
    }
    this.registerOutputs({});
  }
}

const newVersionFails = (unit: string, { functionName, version }: PlatformFunction): AlarmSpecification => ({
  name: unit,
  says: `The new version of ${unit} fails: all requests go back to the stable one`,
  namespace: 'AWS/Lambda',
  metric: 'Errors',
  dimensions: { FunctionName: functionName, Resource: interpolate`${functionName}:live`, ExecutedVersion: version },
  statistic: 'Sum',
  above: 0,
  periodSeconds: 60,
});

const asObject = (pairs: string): string => JSON.stringify(Object.fromEntries(JSON.parse(pairs) as [string, string][]));

const source = join(import.meta.dirname, 'roll-back', 'index.mjs');

/** The file itself is the code. Lambda's hash would be of a zip that Pulumi makes; a hash of the file tells changes as well. */
const code = () => ({
  code: new asset.AssetArchive({ 'index.mjs': new asset.FileAsset(source) }),
  codeHash: createHash('sha256').update(readFileSync(source)).digest('base64'),
});
