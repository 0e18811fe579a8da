import { QueueIamMember } from '@pulumi/gcp/cloudtasks/queueIamMember.js';
import { IAMMember as ProjectMember } from '@pulumi/gcp/projects/iammember.js';
import { TopicIAMMember } from '@pulumi/gcp/pubsub/topicIAMMember.js';
import { SecretIamMember } from '@pulumi/gcp/secretmanager/secretIamMember.js';
import { Account, type AccountArgs } from '@pulumi/gcp/serviceaccount/account.js';
import { IAMMember as AccountMember } from '@pulumi/gcp/serviceaccount/iammember.js';
import { BucketIAMMember } from '@pulumi/gcp/storage/bucketIAMMember.js';
import {
  ComponentResource,
  type ComponentResourceOptions,
  type Input,
  interpolate,
  type Output,
  type Resource as PulumiResource,
} from '@pulumi/pulumi';
import { type Transform, transformed } from '../component.ts';

/** What a role is granted on. Of the project only one database, or a right that belongs to no resource. */
export type Target =
  | { readonly kind: 'database'; readonly databaseName: string; readonly context: string }
  | { readonly kind: 'bucket'; readonly bucketName: Input<string> }
  | { readonly kind: 'topic'; readonly topicName: Input<string> }
  | { readonly kind: 'secret'; readonly secretId: Input<string> }
  | { readonly kind: 'tasks'; readonly tasksName: Input<string>; readonly region: string }
  | { readonly kind: 'account'; readonly accountName: Input<string> }
  | { readonly kind: 'self' }
  /** Whatever buckets of the project are called so, once they are there: services of Google's make some of their own. */
  | { readonly kind: 'future bucket'; readonly bucketName: Input<string> }
  | { readonly kind: 'project' };

/** `name` is unique among those of an account: `read-models`. */
export type Binding = { readonly name: string; readonly role: Input<string>; readonly on: Target };

export type RoleArgs = {
  readonly project: string;
  readonly accountId: string;
  readonly describes: string;
  readonly bindings: readonly Binding[];
  readonly transform?: { readonly account?: Transform<AccountArgs> } | undefined;
};

/** The service account of one function or service, with exactly the roles that it is given. */
export class Role extends ComponentResource {
  readonly email: Output<string>;
  readonly accountName: Output<string>;
  /** What has to be there before the account can do what it is for. */
  readonly grants: readonly PulumiResource[];

  constructor(name: string, args: RoleArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Role', name, {}, options);
    const made: AccountArgs = { accountId: args.accountId, displayName: args.describes };
    const account = new Account(`${name}-account`, transformed(made, args.transform?.account), { parent: this });
    this.grants = args.bindings.map((binding) => granted(`${name}-${binding.name}`, binding, account, args.project, this));
    this.email = account.email;
    this.accountName = account.name;
    this.registerOutputs({ email: this.email });
  }
}

const granted = (name: string, { role, on }: Binding, account: Account, project: string, parent: PulumiResource): PulumiResource => {
  const { member } = account;
  const within = { parent };
  switch (on.kind) {
    case 'database':
      return new ProjectMember(name, { project, role, member, condition: onlyDatabase(project, on.databaseName) }, within);
    case 'bucket':
      return new BucketIAMMember(name, { bucket: on.bucketName, role, member }, within);
    case 'topic':
      return new TopicIAMMember(name, { topic: on.topicName, role, member }, within);
    case 'secret':
      return new SecretIamMember(name, { secretId: on.secretId, role, member }, within);
    case 'tasks':
      return new QueueIamMember(name, { name: on.tasksName, location: on.region, role, member }, within);
    case 'account':
      return new AccountMember(name, { serviceAccountId: on.accountName, role, member }, within);
    case 'self':
      return new AccountMember(name, { serviceAccountId: account.name, role, member }, within);
    case 'future bucket':
      return new ProjectMember(name, { project, role, member, condition: onlyBucket(on.bucketName) }, within);
    case 'project':
      return new ProjectMember(name, { project, role, member }, within);
  }
};

/** https://cloud.google.com/storage/docs/access-control/iam#conditions */
const onlyBucket = (bucketName: Input<string>) => ({
  title: 'only one bucket',
  expression: interpolate`resource.name.startsWith("projects/_/buckets/${bucketName}")`,
});

/** https://cloud.google.com/firestore/native/docs/security/iam#iam_conditions */
const onlyDatabase = (project: string, databaseName: string) => ({
  title: `only ${databaseName}`,
  expression: interpolate`resource.name == "projects/${project}/databases/${databaseName}"`,
});
