/** A request that was sent and not answered: it may have happened or not, but not half. */
export type Doubt<T> = { readonly value: T } | undefined;

/** A thing that one writer sets again and again: where it stands, by what was acknowledged, and what may have come after. */
export type Register = { known: string | null; doubt: Doubt<string>; readonly set: string[] };

/** Creations under an Idempotency-Key each: what was acknowledged for it, and the one that has to be sent again. */
export type Creations = { readonly created: Map<string, string>; doubt: Doubt<string>; next: number };

/** All that the platform acknowledged, over all of its lives. */
export type Ledger = {
  /** Rows of each acknowledged inference by its request id. */
  readonly inferences: Map<string, number>;
  unansweredInferences: number;
  readonly aliases: { readonly [alias: string]: Register };
  readonly plan: Register;
  readonly versions: Creations;
  readonly keys: Creations;
  /** Answers that nothing explains. */
  readonly surprises: string[];
};

const register = (): Register => ({ known: null, doubt: undefined, set: [] });
const creations = (): Creations => ({ created: new Map(), doubt: undefined, next: 1 });

export const newLedger = (): Ledger => ({
  inferences: new Map(),
  unansweredInferences: 0,
  aliases: { champion: register(), challenger: register() },
  plan: register(),
  versions: creations(),
  keys: creations(),
  surprises: [],
});

/** What a register turned out to be after a crash: the last acknowledged value, or the one in doubt. Says what is wrong otherwise. */
export const settle = (name: string, state: Register, found: string | null): string | undefined => {
  const { known, doubt } = state;
  state.doubt = undefined;
  if (found === known) return undefined;
  if (found === null || found !== doubt?.value) return `${name} is ${found}; acknowledged was ${known}, in doubt ${doubt?.value}`;
  state.known = found;
  state.set.push(found);
  return undefined;
};
