import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { model } from './classifier.ts';
import { expectStatus } from './platform.ts';
import { claim, section, table } from './report.ts';

type Entry = { readonly at: string; readonly by: string; readonly action: string; readonly resource: string; readonly outcome: string };

const expected = ['model-created', 'version-registered', 'alias-assigned', 'version-registered', 'alias-assigned'];

/** Shows what happened to the model and who did it, oldest first. */
export const showAudit = async (client: HttpClient): Promise<void> => {
  section('The audit trail of the model');
  const read = async () => {
    const { data } = expectStatus(
      await client.get<{ data: readonly Entry[] }>(`/v1/audit?resource=model/${model}`),
      200,
      'Reading the audit trail',
    );
    // Entries are made of events, which may take a moment to arrive.
    return data.length >= expected.length ? data.toReversed() : undefined;
  };
  const entries = await waitUntil('the audit trail', read, { withinMillis: 30_000 });
  table(entries.map(({ at, action, resource, outcome, by }) => [at, action, resource, outcome, by]));
  const actions = entries.map(({ action }) => action);
  claim('it shows every change of the model, in order', JSON.stringify(actions) === JSON.stringify(expected), actions);
  claim(
    'each names who did it',
    entries.every(({ by }) => by.startsWith('key:')),
    entries,
  );
};
