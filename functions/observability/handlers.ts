import type { HandlersOf } from '../kernel/handler.ts';
import { tableTransfer } from '../kernel/transfer/handlers.ts';
import type { observability } from './context.ts';
import { listAudit } from './list-audit.ts';
import { listDeadLetters } from './list-dead-letters.ts';
import { onEveryEvent } from './on-every-event.ts';
import { redriveDeadLetter } from './redrive-dead-letter.ts';

export const handlers: HandlersOf<typeof observability> = {
  'list-audit': listAudit,
  'list-dead-letters': listDeadLetters,
  'redrive-dead-letter': redriveDeadLetter,
  ...tableTransfer,
};

export const subscribers = { 'every-event': onEveryEvent };
