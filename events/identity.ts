import * as z from 'zod';
import { eventType } from './event.ts';

const identity = 'identity';
const Tenant = z.object({ tenant: z.string() });

export const tenantCreated = eventType(
  identity,
  'tenant-created',
  'A tenant exists',
  Tenant.extend({ name: z.string(), createdAt: z.string() }),
);
export const tenantSuspended = eventType(identity, 'tenant-suspended', 'A tenant is suspended: its keys are refused', Tenant);
export const tenantResumed = eventType(identity, 'tenant-resumed', 'A suspended tenant works again', Tenant);
export const apiKeyCreated = eventType(
  identity,
  'api-key-created',
  'An API key was made; its secret and the hash of it stay behind',
  Tenant.extend({ id: z.string(), name: z.string(), prefix: z.string(), roles: z.array(z.string()), expiresAt: z.string().nullable() }),
);
export const apiKeyRevoked = eventType(
  identity,
  'api-key-revoked',
  'An API key is refused from now on',
  Tenant.extend({ id: z.string(), prefix: z.string() }),
);
export const accessDenied = eventType(
  identity,
  'access-denied',
  'Somebody asked for what they may not do',
  Tenant.extend({ principal: z.string(), action: z.string(), resource: z.string(), code: z.string() }),
);
export const accessGranted = eventType(
  identity,
  'access-granted',
  'Somebody asked for what they may do, and what no event of its own tells of; once a minute however often they ask',
  Tenant.extend({ principal: z.string(), action: z.string(), resource: z.string() }),
);
