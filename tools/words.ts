/** What a command says instead of what it does: its usage where that was asked for, else what it does not know and its usage. */
export type Answer = { readonly code: 0 | 1; readonly text: string };

export const unknownWords = (words: readonly string[], usage: string): Answer => ({
  code: 1,
  text: `There is no ${words.join(', ')} here.\n\n${usage}`,
});

export const asksForHelp = (words: readonly string[]): boolean => words.includes('--help') || words.includes('-h');

/** The answer of a command that knows only these words; undefined where it is to do its work. */
export const answerTo = (words: readonly string[], known: readonly string[], usage: string): Answer | undefined => {
  if (asksForHelp(words)) return { code: 0, text: usage };
  const unknown = words.filter((word) => !known.includes(word));
  return unknown.length === 0 ? undefined : unknownWords(unknown, usage);
};

/** Says it: help to standard output, a complaint to standard error. */
export const tell = ({ code, text }: Answer): void => {
  (code === 0 ? process.stdout : process.stderr).write(`${text}\n`);
  process.exitCode = code;
};
