import { ProjectBucketConfig, type ProjectBucketConfigArgs } from '@pulumi/gcp/logging/projectBucketConfig.js';
import { ProjectExclusion } from '@pulumi/gcp/logging/projectExclusion.js';
import { ProjectSink } from '@pulumi/gcp/logging/projectSink.js';
import { ComponentResource, type ComponentResourceOptions, interpolate, type Output } from '@pulumi/pulumi';
import { RandomId } from '@pulumi/random/randomId.js';
import { type Transform, transformed } from '../component.ts';
import type { Site } from './site.ts';

export type LogsArgs = {
  readonly site: Site;
  readonly retentionDays: number;
  readonly transform?: { readonly bucket?: Transform<ProjectBucketConfigArgs> } | undefined;
};

/** What the stack's functions log, in a bucket of its own, for as long as the stack says; the project's own bucket is everybody's, and gets none of it. */
export class Logs extends ComponentResource {
  /** `hybrid-dev-1a2b3c4d`. */
  readonly bucketId: Output<string>;

  constructor(name: string, args: LogsArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Logs', name, {}, options);
    const { project, region, prefix } = args.site;
    // A log bucket that was deleted keeps its name for a week.
    const suffix = new RandomId(`${name}-suffix`, { byteLength: 4 }, { parent: this });
    const bucketId = interpolate`${prefix}-${suffix.hex}`;
    const made: ProjectBucketConfigArgs = { project, location: region, bucketId, retentionDays: args.retentionDays };
    const bucket = new ProjectBucketConfig(`${name}-bucket`, transformed(made, args.transform?.bucket), { parent: this });
    const filter = `resource.type = "cloud_run_revision" AND resource.labels.service_name =~ "^${prefix}-"`;
    const sink = new ProjectSink(
      `${name}-sink`,
      { destination: interpolate`logging.googleapis.com/${bucket.id}`, filter, uniqueWriterIdentity: true },
      { parent: this },
    );
    // Not before it is kept elsewhere: otherwise lines of between would be nowhere.
    new ProjectExclusion(
      `${name}-exclusion`,
      { filter, description: interpolate`Kept in the log bucket ${bucket.bucketId}` },
      { parent: this, dependsOn: sink },
    );
    this.bucketId = bucket.bucketId;
    this.registerOutputs({ bucketId: this.bucketId });
  }
}
