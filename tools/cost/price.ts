export type Price<Allowance extends string = string> = {
  /** US dollars for `per` units, an exact decimal. */
  readonly usd: string;
  readonly per: number;
  readonly unit: string;
  /** The allowance that is used up first, where there is one that never ends. */
  readonly free?: Allowance;
  readonly source: string;
  /** When the source said so, `yyyy`, `yyyy-mm` or `yyyy-mm-dd`; `undated` where it does not say. */
  readonly dated: string;
  readonly note?: string;
};

/** What one cloud charges, by meter (`service.what`, unique among all clouds), in one region. */
export type PriceList<Allowance extends string = string> = {
  readonly region: string;
  /** Units a month that are free for good, in an account as a whole. Those of a trial (12 months, credits) are not here: they end. */
  readonly allowances: { readonly [A in Allowance]: number };
  readonly prices: { readonly [meter: string]: Price<Allowance> };
};
