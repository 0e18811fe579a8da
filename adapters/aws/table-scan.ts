import type { Item, Table } from '../../domain/kernel/table.ts';
import { checkedLimit } from '../../domain/kernel/table-rules.ts';
import { cursorAt, placeOf } from '../cloud/table-cursor.ts';
import type { DocumentClient } from './document-client.ts';
import { ScanCommand } from './document-commands.ts';

export type TableScanOptions = {
  readonly documents: DocumentClient;
  readonly tableName: string;
  /** Items as they are read: without those whose life has ended. */
  readonly visible: (found: readonly Item[]) => Item[];
};

/** The part of the table that reads all of it. DynamoDB stops at a megabyte, too: a page then holds fewer items than were asked for. */
export const tableScan =
  ({ documents, tableName, visible }: TableScanOptions): Table['scan'] =>
  async (page = {}) => {
    const scope = [tableName, 'scan'];
    const from = page.cursor === undefined ? undefined : placeOf(scope, page.cursor);
    const after = from === undefined ? {} : { ExclusiveStartKey: { pk: from[1], sk: from[2] } };
    const { Items = [], LastEvaluatedKey: last } = await documents.send(
      new ScanCommand({ TableName: tableName, Limit: checkedLimit(page), ConsistentRead: true, ...after }),
    );
    return { items: visible(Items), next: last === undefined ? null : cursorAt(scope, ['', last.pk, last.sk]) };
  };
