import type {
  CosmosDBv4LatestVersionFunctionOptions,
  HttpFunctionOptions,
  StorageQueueFunctionOptions,
  TimerFunctionOptions,
} from '@azure/functions';
import type { Opened } from '../opened.ts';
import type { AzureCloud } from './cloud.ts';

/** What of `app` of @azure/functions is asked for: each registers a function under a name of its own. */
export type FunctionApp = {
  readonly setup: (options: { readonly enableHttpStream: boolean }) => void;
  readonly http: (name: string, options: HttpFunctionOptions) => void;
  readonly storageQueue: (name: string, options: StorageQueueFunctionOptions) => void;
  readonly cosmosDB: (name: string, options: CosmosDBv4LatestVersionFunctionOptions) => void;
  readonly timer: (name: string, options: TimerFunctionOptions) => void;
};

export type Azure = Opened<AzureCloud>;

/** A function's name has letters, digits, `-` and `_`. */
export const functionName = (...parts: readonly string[]): string => parts.join('-').replaceAll(/[^\w-]/g, '-');

/** The settings that connections are made of: `HYBRID_STORAGE__queueServiceUri`, say, with the app's identity. */
export const connections = { storage: 'HYBRID_STORAGE', cosmos: 'HYBRID_COSMOS' } as const;
