import * as z from 'zod';
import { context } from '../kernel/context.ts';
import { listOf, Paging } from '../kernel/lists.ts';
import { Problem, TenantId, Time } from '../kernel/schemas.ts';
import { transferOfTables } from '../kernel/transfer/routes.ts';

const AuditEntry = z
  .object({
    id: z.string(),
    at: Time,
    by: z.string().describe('The principal: a key, the bootstrap key, or a part of the platform'),
    action: z.string().describe("The event's name, or the route that was denied, or that is told of whenever it is used"),
    resource: z.string(),
    outcome: z.enum(['success', 'denied']),
  })
  .meta({ id: 'AuditEntry' });

const AuditQuery = Paging.extend({
  from: Time.optional().describe('Inclusive; 30 days before `to` where it is absent'),
  to: Time.optional().describe('Exclusive; now where it is absent'),
  by: z.string().optional(),
  action: z.string().optional(),
  resource: z.string().optional().describe('This resource and all below it, for example model/digits'),
  outcome: z.enum(['success', 'denied']).optional(),
  tenantId: TenantId.optional().describe('For the platform: whose trail'),
});

const DeadLetterView = z
  .object({
    id: z.string(),
    source: z.string(),
    tenantId: z.string(),
    reason: z.string(),
    attempts: z.int(),
    diedAt: Time,
    body: z.unknown(),
  })
  .meta({ id: 'DeadLetter' });

const json = { body: '1 MiB', time: '10 s' } as const;

export const observability = context('observability', {
  describes: 'What happened: the audit trail, and what could not be delivered',
  tables: { audit: {} },
  routes: {
    'GET /v1/audit': {
      does: 'list-audit',
      summary: 'The audit trail, newest first: every change and every denied access',
      permission: 'audit:read',
      scope: 'either',
      query: AuditQuery,
      answers: { 200: listOf(AuditEntry), 422: Problem },
      limit: json,
      uses: { audit: ['read'] },
    },
    'GET /v1/dead-letters': {
      does: 'list-dead-letters',
      summary: 'Events and messages that were given up, newest first',
      permission: 'dead-letters:read',
      scope: 'either',
      query: Paging,
      answers: { 200: listOf(DeadLetterView) },
      limit: json,
      uses: { deadLetters: ['read'] },
    },
    'POST /v1/dead-letters/{id}/redrive': {
      does: 'redrive-dead-letter',
      summary: 'Deliver a dead letter again, to where it died',
      permission: 'dead-letters:write',
      scope: 'either',
      answers: { 202: z.object({ id: z.string() }), 404: Problem },
      limit: json,
      uses: { deadLetters: ['read', 'redrive'], audit: ['append'] },
    },
    ...transferOfTables('observability', ['audit']),
  },
  subscribers: {
    // It puts, and cannot delete: what tells of a break-in should outlive it.
    'every-event': { to: '*', attempts: 20, uses: { audit: ['put'] } },
  },
});
