import type * as z from 'zod';

/** An event type that contexts speak to each other in; `type` is its CloudEvents type, versioned in its name. */
export type EventType<Name extends string = string, Data extends z.ZodType = z.ZodType> = {
  readonly name: Name;
  readonly context: string;
  readonly type: string;
  readonly describes: string;
  /** What the event says. Fields of the domain's event that are not named here never leave the context. */
  readonly data: Data;
};

export const eventType = <const Name extends string, Data extends z.ZodType>(
  context: string,
  name: Name,
  describes: string,
  data: Data,
): EventType<Name, Data> => ({
  name,
  context,
  type: `ai.hybrid-platform.${context}.${name}.v1`,
  describes,
  data,
});
