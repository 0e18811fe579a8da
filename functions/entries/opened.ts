import type { Log } from '../kernel/log.ts';
import type { Cloud } from './cloud.ts';
import { jsonLog } from './json-log.ts';

export type Environment = { readonly [name: string]: string | undefined };

/** What a function runs with: the cloud it is in, what its environment variables say, and its log. */
export type Opened<C extends Cloud, L extends Log = Log> = { readonly cloud: C; readonly environment: Environment; readonly log: L };

/** Opens the cloud for a function, once for all its calls: nothing here waits for the network. `service` names the function in its log. */
export const opened = <C extends Cloud>(
  openCloud: (environment: Environment) => C,
  environment: Environment,
  service = 'hybrid-ai-platform',
): Opened<C> => ({ cloud: openCloud(environment), environment, log: jsonLog(service) });
