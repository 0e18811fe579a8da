import { SqlResourceSqlContainer, type SqlResourceSqlContainerArgs } from '@pulumi/azure-native/cosmosdb/sqlResourceSqlContainer.js';
import { ComponentResource, type ComponentResourceOptions, type Output } from '@pulumi/pulumi';
import type { IndexDeclaration } from '../../domain/kernel/table.ts';
import { ofData, type TransformEach, transformed } from '../component.ts';
import { type Home, tagsOf } from './component.ts';
import type { Database } from './database.ts';

export type TableArgs = {
  readonly home: Home;
  readonly database: Database;
  readonly context: string;
  readonly indexes: { readonly [name: string]: IndexDeclaration };
  readonly protectsData: boolean;
  readonly transform?: TransformEach<{ container: SqlResourceSqlContainerArgs }> | undefined;
};

/** A container of items by `pk`; what of an item nobody asks for is in no index. */
export class Table extends ComponentResource {
  readonly containerName: Output<string>;
  readonly scope: Output<string>;

  constructor(name: string, args: TableArgs, options?: ComponentResourceOptions) {
    super('hybrid:azure:Table', name, {}, options);
    const { home, database, context, indexes, protectsData, transform } = args;
    const made: SqlResourceSqlContainerArgs = {
      resourceGroupName: home.resourceGroupName,
      accountName: database.accountName,
      databaseName: database.databaseName,
      containerName: name,
      resource: {
        id: name,
        partitionKey: { paths: ['/pk'], kind: 'Hash', version: 2 },
        // Items live for ever unless they say otherwise.
        defaultTtl: -1,
        indexingPolicy: indexingOf(Object.values(indexes)),
      },
      tags: tagsOf(home, context),
    };
    const container = new SqlResourceSqlContainer(`${name}-table`, transformed(made, transform?.container), {
      parent: this,
      ...ofData(protectsData),
    });
    this.containerName = container.name;
    this.scope = database.scopeOf(container.name);
    this.registerOutputs({ containerName: this.containerName });
  }
}

const indexingOf = (indexes: readonly IndexDeclaration[]) => ({
  indexingMode: 'consistent',
  automatic: true,
  includedPaths: [...new Set(['pk', 'sk', 'expiresAt', ...indexes.flatMap(({ partition, sort }) => [partition, sort])])].map((name) => ({
    path: `/${name}/?`,
  })),
  excludedPaths: [{ path: '/*' }],
  // Equals are told apart by their keys, so that a page ends at the same item each time.
  compositeIndexes: [['pk', 'sk'], ...indexes.map(({ partition, sort }) => [partition, sort, 'pk', 'sk'])].map((names) =>
    names.map((name) => ({ path: `/${name}`, order: 'ascending' })),
  ),
});
