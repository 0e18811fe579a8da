import { Component, type ComponentArgs } from '@pulumi/azure-native/applicationinsights/component.js';
import { Workspace, type WorkspaceArgs } from '@pulumi/azure-native/operationalinsights/workspace.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import { type TransformEach, transformed } from '../component.ts';
import { type Home, placed, tagsOf } from './component.ts';

export type LogsArgs = {
  readonly home: Home;
  readonly retentionDays: number;
  /** After so much on one day nothing more is taken, and paid for, until the next. */
  readonly dailyGigabytes: number;
  readonly transform?: TransformEach<{ workspace: WorkspaceArgs; telemetry: ComponentArgs }> | undefined;
};

/** Where logs and telemetry of all apps go, and only from who has an identity that may. */
export class Logs extends ComponentResource {
  readonly workspaceId: Output<string>;
  readonly componentId: Output<string>;
  readonly connectionString: Output<string>;

  constructor(name: string, { home, retentionDays, dailyGigabytes, transform }: LogsArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Logs', name, {}, options);
    const tags = tagsOf(home, 'observability');
    const kept: WorkspaceArgs = {
      ...placed(home),
      sku: { name: 'PerGB2018' },
      retentionInDays: retentionDays,
      workspaceCapping: { dailyQuotaGb: dailyGigabytes },
      features: { disableLocalAuth: true, enableLogAccessUsingOnlyResourcePermissions: true },
      tags,
    };
    const workspace = new Workspace(`${name}-workspace`, transformed(kept, transform?.workspace), { parent: this });
    const taken: ComponentArgs = {
      ...placed(home),
      kind: 'web',
      applicationType: 'web',
      ingestionMode: 'LogAnalytics',
      workspaceResourceId: workspace.id,
      retentionInDays: retentionDays,
      disableLocalAuth: true,
      tags,
    };
    const component = new Component(`${name}-telemetry`, transformed(taken, transform?.telemetry), { parent: this });
    this.workspaceId = workspace.id;
    this.componentId = component.id;
    this.connectionString = component.connectionString;
    this.registerOutputs({ workspaceId: this.workspaceId });
  }
}
