/** Something of a context that a cloud keeps under a name of its own. */
export type Resource = { readonly kind: ResourceKind; readonly context: string; readonly name: string };
export type ResourceKind = 'table' | 'objects' | 'queue' | 'bus' | 'secret' | 'dead-letters' | 'function';

export const tableOf = (context: string, name: string): Resource => ({ kind: 'table', context, name });
export const objectsOf = (context: string, name: string): Resource => ({ kind: 'objects', context, name });
export const queueOf = (context: string, name: string): Resource => ({ kind: 'queue', context, name });
export const secretOf = (context: string): Resource => ({ kind: 'secret', context, name: '' });
/**
 * When keys were last used, which everybody who answers requests puts. It lies apart from identity's own database: there are clouds that grant no
 * less than a table, or even a database, and whoever could write identity's could make himself an administrator.
 */
export const lastUses = tableOf('platform', 'last-uses');
/** The bus that all contexts publish to, and the table of what could not be delivered: there is one of each. */
export const bus: Resource = { kind: 'bus', context: '', name: '' };
export const deadLetters: Resource = { kind: 'dead-letters', context: '', name: '' };
/** The function that looks into models and first loads them, where a cloud has one for that. */
export const modelTrials: Resource = { kind: 'function', context: 'models', name: 'trials' };

/** Events that are too large for a cloud's bus wait here; what they left behind goes by itself. */
export const largeEvents = objectsOf('platform', 'large-events');
/** Changes that a consumer could not handle, whole. */
export const failedChanges = objectsOf('platform', 'failed-changes');

/** `models.registry`; the kind alone where there is one of it. */
export const qualifiedName = ({ kind, context, name }: Resource): string => [context, name].filter((part) => part !== '').join('.') || kind;

/** The environment variable that tells a function where a resource is: `HYBRID_TABLE_MODELS_REGISTRY`. */
export const resourceVariable = ({ kind, context, name }: Resource): string =>
  ['hybrid', kind, context, name]
    .filter((part) => part !== '')
    .join('_')
    .replaceAll(/[^a-z0-9]+/gi, '_')
    .toUpperCase();
