import { Document } from '@pulumi/gcp/firestore/document.js';
import { ComponentResource, type ComponentResourceOptions, jsonStringify, type Output, secret } from '@pulumi/pulumi';
import { RandomPassword } from '@pulumi/random/randomPassword.js';
import { formatApiKey } from '../../domain/identity/api-key.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { bootstrapKey, sha256 } from '../../functions/kernel/authentication.ts';
import type { Table } from './table.ts';

/** 43 letters and digits hold 256 random bits. */
const secretLength = 43;

/**
 * The administrator's key. The platform gets to know its SHA-256 only; the key is an output of the stack and lies in identity's secret. To turn
 * it over, replace the password: `pulumi up --replace '**admin-password'`.
 */
export class AdminKey extends ComponentResource {
  readonly key: Output<string>;

  constructor(name: string, _args: Record<never, never>, options?: ComponentResourceOptions) {
    super('hybrid:gcp:AdminKey', name, {}, options);
    // No special characters: a key's parts are separated by "_".
    const password = new RandomPassword(`${name}-password`, { length: secretLength, special: false }, { parent: this });
    this.key = secret(password.result.apply((made) => formatApiKey({ tenant: platformTenant, id: 'bootstrap', secret: made })));
    this.registerOutputs({ key: this.key });
  }
}

/** As the adapter names documents: the key's parts, each as a URL has it. */
const documentId = [bootstrapKey.pk, bootstrapKey.sk].map(encodeURIComponent).join(':');

/** Lets whoever holds the key in. */
export const admit = (key: Output<string>, directory: Table, collection: string, parent: AdminKey): Document =>
  new Document(
    'admin-item',
    {
      database: directory.databaseName,
      collection,
      documentId,
      fields: jsonStringify({
        pk: { stringValue: bootstrapKey.pk },
        sk: { stringValue: bootstrapKey.sk },
        secretHash: { stringValue: key.apply(sha256) },
      }),
    },
    { parent },
  );
