import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Role } from '../kernel/tenancy.ts';
import { allows, permissions } from './permission.ts';

const roles: Role[] = ['invoker', 'viewer', 'editor', 'admin'];

describe('permissions', () => {
  it('are denied to whoever has no role', () => expect(permissions.some((permission) => allows([], permission))).toBe(false));
  it('let an invoker call models and nothing under /v1', () =>
    expect(permissions.filter((permission) => allows(['invoker'], permission))).toEqual(['inference:invoke', 'inference:read']));
  it('let a viewer read and not call', () =>
    expect(permissions.filter((permission) => allows(['viewer'], permission))).toEqual([
      'inference:read',
      'models:read',
      'endpoints:read',
    ]));
  it('let an editor do what invoker and viewer may, and write models and endpoints', () =>
    expect(permissions.filter((permission) => allows(['editor'], permission))).toEqual([
      'inference:invoke',
      'inference:read',
      'models:read',
      'models:write',
      'endpoints:read',
      'endpoints:write',
    ]));
  it('let an admin do everything', () => expect(permissions.every((permission) => allows(['admin'], permission))).toBe(true));
  it('never shrink by another role', () =>
    fc.assert(
      fc.property(fc.subarray(roles), fc.constantFrom(...roles), fc.constantFrom(...permissions), (some, more, permission) => {
        expect(!allows(some, permission) || allows([...some, more], permission)).toBe(true);
      }),
    ));
});
