const account = 'Microsoft.DocumentDB/databaseAccounts';
const container = `${account}/sqlDatabases/containers`;

/** Every client asks for a container's ranges before it asks for anything else. */
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
  /** Of the account as a whole: what clients of Microsoft's own begin with. */
  metadata: [metadata],
  /** One item by its key. */
  get: [metadata, read],
  read: [metadata, read, query],
  append: [metadata, create, read, replace, upsert, remove],
  put: [metadata, create, read, replace, upsert],
  delete: [metadata, read, remove],
  /** Reads what changed, by partition and of all. */
  changes: [metadata, read, query, changes],
  /** Keeps leases: a container in which nothing else is. */
  leases: [metadata, create, read, replace, upsert, remove, query],
} as const;

export type CosmosRole = keyof typeof cosmosRoles;
