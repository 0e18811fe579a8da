import { ComponentResource, type ComponentResourceOptions, type Output, secret } from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import { sha256 } from '../../functions/kernel/authentication.ts';

/** What the network edge proves itself with to the functions, which are told only its SHA-256. */
export class OriginSecret extends ComponentResource {
  readonly value: Output<string>;
  readonly hash: Output<string>;

  constructor(name: string, _args: Record<never, never>, options?: ComponentResourceOptions) {
    super('hybrid:aws:OriginSecret', name, {}, options);
    const { result } = new RandomPassword(`${name}-password`, { length: 43, special: false }, { parent: this });
    this.value = secret(result);
    this.hash = result.apply(sha256);
    this.registerOutputs({});
  }
}
