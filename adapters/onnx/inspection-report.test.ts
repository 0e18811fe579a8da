import { describe, expect, it } from 'vitest';
import { inspectionReport } from './inspection-report.ts';

const x = { name: 'x', datatype: 'FP32', shape: [-1, 2] };

describe('what is told of a foreign model', () => {
  it('passes as a signature, and nothing beside it', () =>
    expect(inspectionReport({ inputs: [{ ...x, more: 1 }], outputs: [x], version: 7 })).toEqual({ inputs: [x], outputs: [x] }));
  it('passes as a failure that there is, of its own kind', () =>
    expect(inspectionReport({ failure: 'unauthenticated', code: 'external-data', detail: 'x', extra: { a: 1 } })).toEqual({
      failure: 'invalid',
      code: 'external-data',
      detail: 'x',
    }));
  it.each([
    null,
    'a text',
    [],
    {},
    { inputs: [x] },
    { inputs: [null], outputs: [x] },
    { inputs: [{ ...x, name: 1 }], outputs: [] },
    { inputs: [{ ...x, datatype: 'constructor' }], outputs: [] },
    { inputs: [{ ...x, shape: [1.5] }], outputs: [] },
    { inputs: [{ ...x, shape: [-2] }], outputs: [] },
    { failure: 'invalid', code: 'nobody-knows', detail: 'x' },
    { failure: 'invalid', code: 'external-data', detail: {} },
  ])('passes as nothing else: %j', (told) => expect(inspectionReport(told)).toBeUndefined());
});
