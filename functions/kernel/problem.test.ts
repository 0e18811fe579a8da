import { describe, expect, it } from 'vitest';
import { failed } from '../../domain/kernel/failure.ts';
import { inferenceError, problem, statusOf } from './problem.ts';

describe('a problem', () => {
  it('has the members of RFC 9457, the stable code and what the failure adds', () => {
    expect(problem(failed('conflict', 'model-in-use', 'It is deployed.', { endpoints: ['digits'] }))).toEqual({
      status: 409,
      body: {
        type: 'urn:hybrid-ai-platform:problem:model-in-use',
        title: 'Conflict',
        status: 409,
        detail: 'It is deployed.',
        code: 'model-in-use',
        endpoints: ['digits'],
      },
      headers: { 'content-type': 'application/problem+json' },
    });
  });

  it('names the right scheme to who has none', () => {
    expect(problem(failed('unauthenticated', 'credentials-missing', 'x')).headers).toMatchObject({ 'www-authenticate': 'Bearer' });
  });
});

describe('an error of the Open Inference Protocol', () => {
  it('is one text under "error"', () => {
    expect(inferenceError(failed('timeout', 'deadline-exceeded', 'It took too long.'))).toEqual({
      status: 504,
      body: { error: 'It took too long.' },
      headers: { 'content-type': 'application/json' },
    });
  });

  it('names the right scheme to who has none', () => {
    expect(inferenceError(failed('unauthenticated', 'credentials-missing', 'x')).headers).toMatchObject({ 'www-authenticate': 'Bearer' });
  });
});

describe('the status of a failure', () => {
  it.each([
    ['malformed', 400],
    ['unauthenticated', 401],
    ['forbidden', 403],
    ['not-found', 404],
    ['conflict', 409],
    ['precondition-failed', 412],
    ['too-large', 413],
    ['unsupported-media-type', 415],
    ['invalid', 422],
    ['unavailable', 503],
    ['timeout', 504],
    ['storage-full', 507],
  ] as const)('of the kind %s is %d', (kind, status) => {
    expect(statusOf(failed(kind, 'x', 'x'))).toBe(status);
  });
});
