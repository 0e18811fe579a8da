const account = 'Microsoft.DocumentDB/databaseAccounts';
const container = `${account}/sqlDatabases/containers`;

/**
 * How a container is divided and made. Our own client asks for its ranges, and only where it reads across partitions: what is asked of one partition
 * goes without (`adapters/azure/cosmos-container.ts`). Microsoft's clients ask always, and the trigger of changes for the database as well
 * (https://learn.microsoft.com/azure/cosmos-db/how-to-setup-rbac#metadata-requests, https://github.com/Azure/azure-cosmos-dotnet-v3/issues/3638).
 */
const metadata = `${account}/readMetadata`;
const [create, read, replace, upsert, remove] = ['create', 'read', 'replace', 'upsert', 'delete'].map(
  (verb) => `${container}/items/${verb}`,
) as [string, string, string, string, string];
const [query, changes] = [`${container}/executeQuery`, `${container}/readChangeFeed`];

/**
 * What may be done to the items of one container, narrower than what Cosmos DB has built in
 * (https://learn.microsoft.com/azure/cosmos-db/nosql/reference-data-plane-security). A condition on a version is kept by the item's ETag, so that
 * whoever writes under one reads first.
 */
export const cosmosRoles = {
  /** Of the account and all that is in it: for the trigger of changes, which is a client of Microsoft's own. */
  metadata: [metadata],
  /** One item by its key. */
  get: [read],
  read: [metadata, read, query],
  append: [create, read, replace, upsert, remove],
  put: [create, read, replace, upsert],
  delete: [read, remove],
  /** Reads what changed, by partition and of all. */
  changes: [metadata, read, query, changes],
  /**
   * Keeps leases: a container in which nothing else is. The trigger makes, reads, replaces and lists them, deletes that of a range that was divided
   * and its own lock (https://github.com/Azure/azure-cosmos-dotnet-v3, Microsoft.Azure.Cosmos/src/ChangeFeedProcessor/LeaseManagement).
   */
  leases: [create, read, replace, remove, query],
} as const;

export type CosmosRole = keyof typeof cosmosRoles;
