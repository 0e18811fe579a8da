import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';

/** What the engine did to a resource, once it was done. `create-replacement` and `delete-replaced` are the halves of a `replace`. */
export type Step = { readonly op: string; readonly urn: string; readonly type: string; readonly name: string };

const Metadata = z.object({ op: z.string(), urn: z.string(), type: z.string() });
const Event = z.object({
  resOutputsEvent: z.object({ metadata: Metadata }).optional(),
  summaryEvent: z.object({ resourceChanges: z.record(z.string(), z.number()) }).optional(),
  diagnosticEvent: z.object({ severity: z.string(), message: z.string(), urn: z.string().optional() }).optional(),
});
type Event = z.output<typeof Event>;

export type Happened = {
  readonly steps: readonly Step[];
  /** How many resources of each operation, as the CLI says at the end; `{}` where it did not come so far. */
  readonly changes: Readonly<Record<string, number>>;
  readonly errors: readonly string[];
};

/** A command that is refused before it begins leaves no log. */
const parsed = (file: string): Event[] =>
  (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => Event.parse(JSON.parse(line)));

const stepOf = ({ metadata: { op, urn, type } }: NonNullable<Event['resOutputsEvent']>): Step => ({
  op,
  urn,
  type,
  name: urn.split('::').at(-1) ?? '',
});

/** The engine's own log of events, as the automation API reads it too. */
export const readEvents = (file: string): Happened => {
  const events = parsed(file);
  return {
    steps: events.flatMap(({ resOutputsEvent }) => (resOutputsEvent === undefined ? [] : [stepOf(resOutputsEvent)])),
    changes: events.findLast(({ summaryEvent }) => summaryEvent !== undefined)?.summaryEvent?.resourceChanges ?? {},
    errors: events.flatMap(({ diagnosticEvent: said }) => (said?.severity === 'error' ? [said.message.trim()] : [])),
  };
};
