import { mergeOptions, type Resource as PulumiResource, type ResourceTransformation } from '@pulumi/pulumi';
import type { Services } from './services.ts';

/** Kinds that are encrypted with a key of the stack's own, if there is one. */
const encrypted: ReadonlySet<string> = new Set([
  'gcp:firestore/database:Database',
  'gcp:pubsub/topic:Topic',
  'gcp:secretmanager/secret:Secret',
  'gcp:storage/bucket:Bucket',
]);

const first: ReadonlySet<string> = new Set(['gcp:projects/service:Service', 'gcp:projects/serviceIdentity:ServiceIdentity']);

/**
 * Has every resource wait for its service to be switched on, and what is encrypted for those who encrypt it to be let use the key: Google Cloud
 * refuses it before, and no property of one names the other.
 */
export class Order {
  services: Services | undefined;
  usable: readonly PulumiResource[] = [];

  readonly keep: ResourceTransformation = ({ type, props, opts }) => {
    if (!type.startsWith('gcp:') || first.has(type)) return undefined;
    const dependsOn = [...(this.services?.before(type) ?? []), ...(encrypted.has(type) ? this.usable : [])];
    return dependsOn.length === 0 ? undefined : { props, opts: mergeOptions(opts, { dependsOn }) };
  };
}
