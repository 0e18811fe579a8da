import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const Decision = z.object({
  /** `arn:aws:sts::<account>:assumed-role/<role>/<session>`. */
  principal: z.string(),
  action: z.string(),
  resource: z.string(),
  allowed: z.boolean(),
});

/** What a role was allowed or refused. */
export type Decision = { readonly role: string; readonly action: string; readonly resource: string; readonly isAllowed: boolean };

/** The environment in which ministack writes down its decisions about roles; it must enforce them (`auth`). */
export const decisionsTo = (file: string): Readonly<Record<string, string>> => ({
  PYTHONPATH: fileURLToPath(new URL('.', import.meta.url)),
  HYBRID_DECISIONS: file,
});

/** The decisions so far. */
export const readDecisions = (file: string): readonly Decision[] =>
  (existsSync(file) ? readFileSync(file, 'utf8') : '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => Decision.parse(JSON.parse(line)))
    .map(({ principal, action, resource, allowed }) => ({
      role: principal.split('/')[1] ?? principal,
      action,
      resource,
      isAllowed: allowed,
    }));
