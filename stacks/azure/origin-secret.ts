import { ComponentResource, type ComponentResourceOptions, type Output, secret, unsecret } from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import { sha256 } from '../../functions/kernel/authentication.ts';

/** What is before the apps proves itself with it to them; they are told only its SHA-256. */
export class OriginSecret extends ComponentResource {
  readonly value: Output<string>;
  readonly hash: Output<string>;

  constructor(name: string, _args: Record<never, never>, options?: ComponentResourceOptions) {
    super('hybrid:azure:OriginSecret', name, {}, options);
    const { result } = new RandomPassword(`${name}-password`, { length: 43, special: false }, { parent: this });
    this.value = secret(result);
    this.hash = unsecret(result.apply(sha256));
    this.registerOutputs({});
  }
}
