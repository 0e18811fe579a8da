import { ComponentResource, type ComponentResourceOptions, type Output, secret, unsecret } from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import { formatApiKey } from '../../domain/identity/api-key.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { sha256 } from '../../functions/kernel/authentication.ts';

/** 43 letters and digits hold 256 random bits. */
const secretLength = 43;

/**
 * The administrator's key. Apps are told its SHA-256 only, in their settings: nothing that Pulumi runs can put an item into Cosmos DB. The key is an
 * output of the stack and lies in identity's secret. To turn it over, replace the password: `pulumi up --replace '**admin-password'`.
 */
export class AdminKey extends ComponentResource {
  readonly key: Output<string>;
  /** In hexadecimal. */
  readonly hash: Output<string>;

  constructor(name: string, _args: Record<never, never>, options?: ComponentResourceOptions) {
    super('hybrid:azure:AdminKey', name, {}, options);
    // No special characters: a key's parts are separated by "_".
    const password = new RandomPassword(`${name}-password`, { length: secretLength, special: false }, { parent: this });
    this.key = secret(password.result.apply((made) => formatApiKey({ tenant: platformTenant, id: 'bootstrap', secret: made })));
    // Nobody finds 256 random bits by their hash: what it stands among in an app's settings can be read in previews.
    this.hash = unsecret(this.key.apply(sha256));
    this.registerOutputs({ key: this.key });
  }
}
