import { failed, Rejected } from '../../domain/kernel/failure.ts';

const labelWidth = 34;

export const say = (line = ''): void => {
  process.stdout.write(`${line}\n`);
};

export const section = (title: string): void => say(`\n${title}\n${'-'.repeat(title.length)}`);

/** A named value, aligned with the others. */
export const show = (label: string, value: string | number): void => say(`  ${label.padEnd(labelWidth)} ${value}`);

/** A sentence that the demo stands or falls with. Throws `Rejected` `claim-failed` where it does not hold. */
export const claim = (sentence: string, holds: boolean, found: unknown = undefined): void => {
  if (!holds) {
    const seen = found === undefined ? '' : `\n  Found: ${typeof found === 'string' ? found : JSON.stringify(found)}`;
    throw new Rejected(failed('conflict', 'claim-failed', `This did not hold: ${sentence}.${seen}`));
  }
  say(`  ok  ${sentence}`);
};

/** Columns as wide as their widest cell; numbers stand right. */
export const table = (rows: readonly (readonly string[])[]): void => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const isNumber = (cell: string) => /^-?[\d.,]+( \w+)?%?$/.test(cell);
  for (const row of rows) {
    const cells = row.map((cell, column) => (isNumber(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)));
    say(`  ${cells.join('   ').trimEnd()}`);
  }
};
