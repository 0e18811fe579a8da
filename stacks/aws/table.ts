import { Table as DynamoTable, type TableArgs as DynamoTableArgs } from '@pulumi/aws/dynamodb/table.js';
import { ComponentResource, type ComponentResourceOptions, type Input, type Output } from '@pulumi/pulumi';
import type { IndexDeclaration } from '../../domain/kernel/table.ts';
import { contextTag, ofData, type Transform, transformed } from './component.ts';

export type TableArgs = {
  readonly context: string;
  readonly indexes: { readonly [name: string]: IndexDeclaration };
  /** Whether somebody consumes what is written. */
  readonly enableChanges: boolean;
  /** A key of the stack's own; AWS's where it is absent. */
  readonly keyArn?: Input<string> | undefined;
  readonly protectsData: boolean;
  readonly transform?: { readonly table?: Transform<DynamoTableArgs> } | undefined;
};

/** A table of items by `pk` and `sk`: paid by use, restorable to any second of 35 days, encrypted. */
export class Table extends ComponentResource {
  readonly tableName: Output<string>;
  readonly arn: Output<string>;
  readonly streamArn: Output<string>;

  constructor(name: string, args: TableArgs, options?: ComponentResourceOptions) {
    super('hybrid:aws:Table', name, {}, options);
    const table = new DynamoTable(`${name}-table`, transformed(tableOf(args), args.transform?.table), {
      parent: this,
      ...ofData(args.protectsData),
    });
    this.tableName = table.name;
    this.arn = table.arn;
    this.streamArn = table.streamArn;
    this.registerOutputs({ tableName: this.tableName, arn: this.arn, streamArn: this.streamArn });
  }
}

const tableOf = ({ context, indexes, enableChanges, keyArn, protectsData }: TableArgs): DynamoTableArgs => ({
  billingMode: 'PAY_PER_REQUEST',
  hashKey: 'pk',
  rangeKey: 'sk',
  attributes: [...new Set(['pk', 'sk', ...Object.values(indexes).flatMap(({ partition, sort }) => [partition, sort])])].map((name) => ({
    name,
    type: 'S',
  })),
  globalSecondaryIndexes: Object.entries(indexes).map(([name, { partition, sort }]) => ({
    name,
    hashKey: partition,
    rangeKey: sort,
    projectionType: 'ALL',
  })),
  ttl: { attributeName: 'expiresAt', enabled: true },
  ...(enableChanges ? { streamEnabled: true, streamViewType: 'NEW_IMAGE' } : {}),
  pointInTimeRecovery: { enabled: true },
  serverSideEncryption: { enabled: true, ...(keyArn === undefined ? {} : { kmsKeyArn: keyArn }) },
  deletionProtectionEnabled: protectsData,
  tags: contextTag(context),
});
