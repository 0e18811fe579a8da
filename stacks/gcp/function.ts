import { Function as CloudFunction, type FunctionArgs as CloudFunctionArgs } from '@pulumi/gcp/cloudfunctionsv2/function.js';
import { ServiceIamMember } from '@pulumi/gcp/cloudrunv2/serviceIamMember.js';
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
  type Resource as PulumiResource,
} from '@pulumi/pulumi';
import { type Transform, transformed } from '../component.ts';
import { contextLabel } from './component.ts';
import { cpusFor } from './cpus.ts';
import { type Binding, Role, type RoleArgs } from './role.ts';

/** The newest that Cloud Run functions have. */
const runtime = 'nodejs24';

export type FunctionArgs = {
  readonly context: string;
  readonly project: string;
  readonly region: string;
  readonly functionName: string;
  readonly accountId: string;
  /** What it runs as, where that is there already. */
  readonly role?: Role | undefined;
  /** Where its zip lies. */
  readonly codeBucket: Input<string>;
  readonly codeObject: Input<string>;
  /** `projects/<p>/serviceAccounts/<e-mail>`: what it is built as. */
  readonly builder: Input<string>;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly concurrency: number;
  readonly maximumInstances: number;
  readonly environment: { readonly [variable: string]: Input<string> };
  readonly bindings: readonly Binding[];
  /** Whether everybody may call it. */
  readonly isPublic?: boolean;
  /** Whether only a load balancer of the project leads to it. */
  readonly behindBalancer?: boolean;
  /** Whether requests go on to the revision that had them, until somebody shifts them (see docs/deploy-gcp.md). */
  readonly holdsTraffic?: boolean;
  readonly dependsOn?: readonly PulumiResource[];
  readonly transform?: { readonly function?: Transform<CloudFunctionArgs>; readonly role?: RoleArgs['transform'] } | undefined;
};

/** A function with its service account. Every update is a revision; the newest serves, or none but what people shift to it. */
export class PlatformFunction extends ComponentResource {
  readonly functionName: Output<string>;
  /** Of Cloud Run, which runs it. */
  readonly serviceName: Output<string>;
  readonly url: Output<string>;
  /** When it was last deployed. Cloud Functions does not tell the names of revisions; `gcloud run revisions list` does. */
  readonly version: Output<string>;
  /** What it runs as. */
  readonly role: Role;
  readonly #name: string;
  readonly #region: string;

  constructor(name: string, args: FunctionArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Function', name, {}, options);
    const { project, accountId, bindings, dependsOn = [] } = args;
    const describes = `Runs ${args.functionName}`;
    const roleArgs = { project, accountId, describes, bindings, transform: args.transform?.role };
    const role = args.role ?? new Role(name, roleArgs, { parent: this });
    [this.role, this.#name, this.#region] = [role, name, args.region];
    const made = new CloudFunction(`${name}-function`, transformed(functionOf(args, role), args.transform?.function), {
      parent: this,
      dependsOn: [...role.grants, ...dependsOn],
    });
    this.functionName = made.name;
    this.serviceName = made.name;
    this.version = made.updateTime;
    this.url = made.serviceConfig.apply((config) => config?.uri ?? '');
    if (args.isPublic === true) this.#letIn('anybody', 'allUsers');
    this.registerOutputs({ functionName: this.functionName, url: this.url });
  }

  /** Lets an account call it, once that is there. */
  admit(caller: string, { email }: Pick<Role, 'email'>): PulumiResource {
    return this.#letIn(caller, interpolate`serviceAccount:${email}`);
  }

  #letIn(caller: string, member: Input<string>): PulumiResource {
    return new ServiceIamMember(
      `${this.#name}-called-by-${caller}`,
      { name: this.serviceName, location: this.#region, role: 'roles/run.invoker', member },
      { parent: this },
    );
  }
}

const functionOf = (args: FunctionArgs, role: Role): CloudFunctionArgs => ({
  name: args.functionName,
  location: args.region,
  buildConfig: {
    runtime,
    entryPoint: 'handler',
    source: { storageSource: { bucket: args.codeBucket, object: args.codeObject } },
    serviceAccount: args.builder,
  },
  serviceConfig: {
    serviceAccountEmail: role.email,
    availableMemory: `${args.memoryMegabytes}Mi`,
    availableCpu: String(cpusFor(args.memoryMegabytes)),
    timeoutSeconds: args.timeoutSeconds,
    maxInstanceRequestConcurrency: args.concurrency,
    minInstanceCount: 0,
    maxInstanceCount: args.maximumInstances,
    ingressSettings: args.behindBalancer === true ? 'ALLOW_INTERNAL_AND_GCLB' : 'ALLOW_ALL',
    allTrafficOnLatestRevision: args.holdsTraffic !== true,
    environmentVariables: args.environment,
  },
  labels: contextLabel(args.context),
});
