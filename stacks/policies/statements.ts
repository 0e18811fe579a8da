type Properties = { readonly [property: string]: unknown };

/** What a policy document says, as a rule reads it. */
export type PolicyStatement = {
  readonly sid: string;
  readonly allows: boolean;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Services and accounts; `*` is anybody. */
  readonly principals: readonly string[];
  /** What principals are: `Service`, `AWS`, `Federated`, or `*`. */
  readonly principalKinds: readonly string[];
  /** What it says by exception (`NotAction`): whoever allows so allows all that nobody has thought of. */
  readonly inverted: readonly string[];
  readonly condition: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
};

const many = <T>(value: unknown): readonly T[] => (value === undefined ? [] : Array.isArray(value) ? value : [value]) as readonly T[];
const texts = (value: unknown): readonly string[] => many(value).map(String);

/** The statements of a property that holds a policy document, as text or as an object. */
export const statementsIn = (document: unknown): readonly PolicyStatement[] => {
  if (document === undefined || document === '') return [];
  const { Statement } = (typeof document === 'string' ? JSON.parse(document) : document) as { readonly Statement?: unknown };
  return many<Properties>(Statement).map(statementOf);
};

const statementOf = (said: Properties): PolicyStatement => {
  const { Sid, Effect, Action, Resource, Principal, Condition } = said;
  const named = typeof Principal === 'object' && Principal !== null && !Array.isArray(Principal);
  return {
    sid: String(Sid ?? ''),
    allows: Effect !== 'Deny',
    actions: texts(Action),
    resources: texts(Resource),
    principals: named ? Object.values(Principal).flatMap(texts) : texts(Principal),
    principalKinds: named ? Object.keys(Principal) : texts(Principal),
    inverted: ['NotAction', 'NotResource', 'NotPrincipal'].filter((element) => said[element] !== undefined),
    condition: (Condition ?? {}) as PolicyStatement['condition'],
  };
};

/** Whether a text stands for more than itself: `*` is anything, `?` any one character. */
export const isPattern = (text: string): boolean => /[*?]/.test(text);

/** Whether a pattern of a policy covers a text. */
export const covers = (pattern: string, text: string): boolean =>
  new RegExp(
    `^${pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  ).test(text);

/** Operators that hold only where the key is there, and is one of the values. */
const positive = ['StringEquals', 'StringLike', 'ArnEquals', 'ArnLike'];
const anAccount = /^[0-9]{12}$/;
const ofAnAccount = /^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:/;

/** Whether a value of a condition on this key belongs to one account. Keys come in any case. */
const isOfOneAccount = (key: string, value: string): boolean => {
  if (key.toLowerCase() === 'aws:sourceaccount') return anAccount.test(value);
  return /^(aws:sourcearn|kms:encryptioncontext:aws:[a-z0-9:-]+:arn)$/i.test(key) && ofAnAccount.test(value);
};

/** Whether a service comes on behalf of one account only; the values of a key are alternatives, so that each must be of one. */
export const comesForOneAccount = ({ condition }: PolicyStatement): boolean =>
  positive.some((operator) =>
    Object.entries(condition[operator] ?? {}).some(([key, value]) => {
      const values = texts(value);
      return values.length > 0 && values.every((one) => isOfOneAccount(key, one));
    }),
  );

/** Whether an ARN without a pattern for its account belongs to one account. */
export const isArnOfAnAccount = (arn: string): boolean => ofAnAccount.test(arn);
