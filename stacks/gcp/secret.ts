import { Secret as ManagedSecret, type SecretArgs as ManagedSecretArgs } from '@pulumi/gcp/secretmanager/secret.js';
import { SecretVersion, type SecretVersionArgs } from '@pulumi/gcp/secretmanager/secretVersion.js';
import { ComponentResource, type ComponentResourceOptions, type Input, jsonStringify, type Output, secret } from '@pulumi/pulumi';
import { ofData, type Transform, transformed } from '../component.ts';
import { contextLabel } from './component.ts';

export type SecretArgs = {
  readonly context: string;
  readonly region: string;
  readonly secretId: string;
  /** What the secret holds at first. */
  readonly values: { readonly [name: string]: Input<string> };
  readonly keyName?: Input<string> | undefined;
  readonly protectsData: boolean;
  readonly transform?: { readonly secret?: Transform<ManagedSecretArgs>; readonly version?: Transform<SecretVersionArgs> } | undefined;
};

/** All secrets of a context, as one JSON object, in the stack's region alone. */
export class Secret extends ComponentResource {
  /** `projects/<p>/secrets/<s>`. */
  readonly secretName: Output<string>;
  readonly secretId: Output<string>;

  constructor(name: string, args: SecretArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Secret', name, {}, options);
    const managed = new ManagedSecret(`${name}-secret`, transformed(secretOf(args), args.transform?.secret), {
      parent: this,
      ...ofData(args.protectsData),
    });
    const version: SecretVersionArgs = { secret: managed.id, secretData: secret(jsonStringify(args.values)) };
    new SecretVersion(`${name}-version`, transformed(version, args.transform?.version), { parent: this });
    this.secretName = managed.id;
    this.secretId = managed.secretId;
    this.registerOutputs({ secretName: this.secretName });
  }
}

const secretOf = ({ context, region, secretId, keyName, protectsData }: SecretArgs): ManagedSecretArgs => ({
  secretId,
  replication: {
    userManaged: {
      replicas: [{ location: region, ...(keyName === undefined ? {} : { customerManagedEncryption: { kmsKeyName: keyName } }) }],
    },
  },
  // A version that is destroyed can be had back as long as a deleted secret on other clouds.
  versionDestroyTtl: `${(protectsData ? 30 : 7) * 86_400}s`,
  deletionProtection: protectsData,
  labels: contextLabel(context),
});
