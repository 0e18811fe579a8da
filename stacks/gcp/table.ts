import { Field, type FieldArgs } from '@pulumi/gcp/firestore/field.js';
import { Index, type IndexArgs } from '@pulumi/gcp/firestore/index_.js';
import { ComponentResource, type ComponentResourceOptions, type Input, interpolate, type Output } from '@pulumi/pulumi';
import type { IndexDeclaration } from '../../domain/kernel/table.ts';
import { type TransformEach, transformed } from '../component.ts';

export type TableArgs = {
  readonly project: string;
  readonly databaseName: Input<string>;
  readonly collection: string;
  readonly indexes: { readonly [name: string]: IndexDeclaration };
  /** Whether somebody consumes what is written. */
  readonly enableChanges: boolean;
  readonly transform?: TransformEach<{ index: IndexArgs; expiry: FieldArgs }> | undefined;
};

/** As the adapter names them: when something was written, by the server's clock; and when it is to go. */
const committedAt = 'committedAt';
const expiresAt = 'expiresAt';
/**
 * Firestore keeps two indexes of each field unless told otherwise. They are written with every item, stored, and counted (a document has at most
 * 40,000 entries); items are read by composite ones alone. `*` is every field that has no settings of its own.
 */
const everyField = '*';
/** The sweep asks for what was written since, whatever its partition. */
const ascending: NonNullable<FieldArgs['indexConfig']> = { indexes: [{ order: 'ASCENDING' }] };

/** A collection of items by `pk` and `sk`, with an index for every order in which they are read, and what makes expired ones go. */
export class Table extends ComponentResource {
  /** `projects/<p>/databases/<d>/documents/<collection>`. */
  readonly path: Output<string>;
  readonly databaseName: Output<string>;

  constructor(name: string, args: TableArgs, options?: ComponentResourceOptions) {
    super('hybrid:gcp:Table', name, {}, options);
    const { databaseName: database, collection } = args;
    for (const { suffix, fields, order } of ordersOf(args)) {
      const made: IndexArgs = { database, collection, fields: fields.map((fieldPath) => ({ fieldPath, order })) };
      new Index(`${name}-${suffix}`, transformed(made, args.transform?.index), { parent: this });
    }
    const within = { database, collection };
    new Field(`${name}-no-field`, { ...within, field: everyField, indexConfig: {} }, { parent: this });
    if (args.enableChanges) new Field(`${name}-sweep`, { ...within, field: committedAt, indexConfig: ascending }, { parent: this });
    // What expires is found by Firestore itself: an index of it would only be written at its end, by everybody.
    const expiry: FieldArgs = { ...within, field: expiresAt, ttlConfig: {}, indexConfig: {} };
    new Field(`${name}-expiry`, transformed(expiry, args.transform?.expiry), { parent: this });
    this.path = interpolate`projects/${args.project}/databases/${database}/documents/${collection}`;
    this.databaseName = interpolate`${database}`;
    this.registerOutputs({ path: this.path });
  }
}

type Order = { readonly suffix: string; readonly fields: readonly string[]; readonly order: 'ASCENDING' | 'DESCENDING' };

/** Firestore reads an index in one direction only. */
const bothWays = (suffix: string, fields: readonly string[]): readonly Order[] => [
  { suffix, fields, order: 'ASCENDING' },
  { suffix: `${suffix}-descending`, fields, order: 'DESCENDING' },
];

const ordersOf = ({ indexes, enableChanges }: TableArgs): readonly Order[] => [
  ...bothWays('items', ['pk', 'sk']),
  ...Object.entries(indexes).flatMap(([index, { partition, sort }]) => bothWays(`by-${index}`, [partition, sort, 'pk', 'sk'])),
  ...(enableChanges ? [{ suffix: 'changes', fields: ['pk', committedAt], order: 'ASCENDING' } as const] : []),
];
