import { randomHex } from './random.ts';

// A later version is read as far as this one goes, ff is none (section 3.2.4, versioning).
const pattern = /^(?:00(?=.{53}$)|(?!00|ff)[0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;
const nothing = /^0+$/;

export type Trace = { readonly traceId: string; readonly traceparent: string };

/** Goes on with the caller's trace, or begins one (W3C Trace Context, level 1): a new span id of ours, the same trace id. */
export const continueTrace = (traceparent: string | null | undefined): Trace => {
  const span = randomHex(8);
  const matched = traceparent ? pattern.exec(traceparent) : null;
  if (matched === null || nothing.test(matched[1] as string) || nothing.test(matched[2] as string)) {
    const traceId = randomHex(16);
    return { traceId, traceparent: `00-${traceId}-${span}-01` };
  }
  return { traceId: matched[1] as string, traceparent: `00-${matched[1]}-${span}-${matched[3]}` };
};
