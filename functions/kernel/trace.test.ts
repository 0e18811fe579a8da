import { describe, expect, it } from 'vitest';
import { continueTrace } from './trace.ts';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const span = 'b7ad6b7169203331';

describe('a trace', () => {
  it('goes on with the trace id and the flags of the caller, under a span of its own', () => {
    const { traceId: continued, traceparent } = continueTrace(`00-${traceId}-${span}-00`);
    expect(continued).toBe(traceId);
    expect(traceparent).toMatch(new RegExp(`^00-${traceId}-(?!${span})[0-9a-f]{16}-00$`));
  });

  it('reads what a later version appends to it', () => {
    expect(continueTrace(`01-${traceId}-${span}-01-more`).traceId).toBe(traceId);
  });

  it.each([
    undefined,
    null,
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-${span}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.toUpperCase()}-${span}-01`,
    `00-${traceId}-${span}-01-more`,
    `ff-${traceId}-${span}-01`,
  ])('begins anew where there is none to go on with: %s', (traceparent) => {
    const begun = continueTrace(traceparent);
    expect(begun.traceId).not.toBe(traceId);
    expect(begun.traceparent).toMatch(new RegExp(`^00-${begun.traceId}-[0-9a-f]{16}-01$`));
  });

  it('is another one every time', () => {
    expect(continueTrace(null).traceId).not.toBe(continueTrace(null).traceId);
  });
});
