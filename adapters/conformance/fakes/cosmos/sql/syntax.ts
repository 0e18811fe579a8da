import type { Json } from '../../../../../domain/kernel/json.ts';

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'parameter'; readonly name: string }
  | { readonly kind: 'root'; readonly alias: string }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: Expression }
  | { readonly kind: 'array'; readonly items: readonly Expression[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, Expression])[] }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly operand: Expression };

/** `text` is what stood in the query. */
export type Column = { readonly name: string; readonly expression: Expression; readonly text: string };

export type Selection =
  | { readonly kind: 'all' }
  | { readonly kind: 'value'; readonly column: Column }
  | { readonly kind: 'columns'; readonly columns: readonly Column[] };

export type Ordering = { readonly expression: Expression; readonly text: string; readonly descending: boolean };

export type Query = {
  readonly text: string;
  /** The name of the item: `c` in `FROM c`. */
  readonly alias: string;
  readonly selection: Selection;
  readonly top?: Expression;
  readonly where?: Expression;
  readonly whereText?: string;
  readonly orderBy: readonly Ordering[];
  readonly offset?: Expression;
  readonly limit?: Expression;
};
