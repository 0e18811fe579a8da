import { resourceVariable, tableOf } from '../../kernel/resources.ts';
import type { BoundContext } from '../bound-context.ts';
import { rungBy } from '../doorbell/rung.ts';
import { everyPeriod } from './cron.ts';
import { type Azure, connections, type FunctionApp, functionName } from './function-app.ts';

/** Again and again: without end, since the trigger drops a batch that is not retried. */
const retry = {
  strategy: 'exponentialBackoff',
  maxRetryCount: -1,
  minimumInterval: { seconds: 1 },
  maximumInterval: { seconds: 30 },
} as const;
/**
 * A poll that finds nothing is paid for too, and so is each look at a lease: by default they would be most of what an idle platform costs (`npm run
 * cost`). A lease that its holder left behind is taken over after 60 seconds and the next look; one that was released, at the start of an instance.
 */
const pollMillis = 5000;
const leases = { leaseRenewInterval: 30_000, leaseAcquireInterval: 60_000 } as const;
const batchSize = 100;
const sweepSeconds = 300;

/**
 * Drains what changed in the tables of these contexts: the change feed's trigger says which partitions, and every five minutes a sweep looks for
 * what no bell rang for.
 */
export const registerChanges = (app: FunctionApp, bound: readonly BoundContext[], azure: Azure): void => {
  const { cloud, environment } = azure;
  const rung = rungBy(bound, azure);
  for (const table of rung.tables) {
    const [context = '', name = ''] = table.split('.');
    const containerName = environment[resourceVariable(tableOf(context, name))];
    if (containerName === undefined) continue;
    app.cosmosDB(functionName('changes', table), {
      connection: connections.cosmos,
      databaseName: environment.HYBRID_COSMOS_DATABASE ?? '',
      containerName,
      leaseContainerName: environment.HYBRID_COSMOS_LEASES ?? 'leases',
      // Leases have it in their ids, which have no slash.
      leaseContainerPrefix: `${table}.`,
      createLeaseContainerIfNotExists: false,
      startFromBeginning: true,
      feedPollDelay: pollMillis,
      ...leases,
      maxItemsPerInvocation: batchSize,
      retry,
      handler: (documents: readonly unknown[]) =>
        rung.drain(
          table,
          documents.map(cloud.partitionOf).filter((partition) => partition !== undefined),
        ),
    });
  }
  app.timer('sweep', {
    schedule: everyPeriod(sweepSeconds),
    handler: async () => {
      await rung.sweep();
      azure.log.info('swept', { request_units: cloud.takeRequestUnits() });
    },
  });
};
