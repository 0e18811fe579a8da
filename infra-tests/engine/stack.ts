import type { Engine, Outcome } from './engine.ts';

/** One stack of a project: what a user does with it by the CLI. What fails is an error with what the CLI said, unless it was asked for by `try`. */
export type Stack = {
  preview(...args: string[]): Promise<Outcome>;
  up(...args: string[]): Promise<Outcome>;
  tryUp(...args: string[]): Promise<Outcome>;
  refresh(): Promise<Outcome>;
  destroy(...args: string[]): Promise<Outcome>;
  cancel(): Promise<Outcome>;
  config(settings: Readonly<Record<string, string>>): Promise<void>;
  outputs(): Promise<Readonly<Record<string, unknown>>>;
  /** The state as a user would save it. */
  exported(): Promise<string>;
};

export const createStack = async (engine: Engine, folder: string, name: string): Promise<Stack> => {
  const attempt = (...args: string[]) => engine.run(folder, [...args, '--stack', name]);
  const must = async (...args: string[]): Promise<Outcome> => {
    const outcome = await attempt(...args);
    if (outcome.code !== 0) throw new Error(`pulumi ${args.join(' ')} ended with ${outcome.code}:\n${outcome.said}`);
    return outcome;
  };
  const up = ['up', '--yes', '--skip-preview'];
  await engine.run(folder, ['stack', 'init', name]);
  return {
    preview: (...args) => must('preview', ...args),
    up: (...args) => must(...up, ...args),
    tryUp: (...args) => attempt(...up, ...args),
    refresh: () => must('refresh', '--yes', '--skip-preview'),
    destroy: (...args) => must('destroy', '--yes', '--skip-preview', ...args),
    cancel: () => must('cancel', '--yes'),
    config: async (settings) => {
      const plain = Object.entries(settings).flatMap(([key, value]) => ['--plaintext', `${key}=${value}`]);
      await must('config', 'set-all', ...plain);
    },
    outputs: async () => JSON.parse((await must('stack', 'output', '--json', '--show-secrets')).said) as Record<string, unknown>,
    exported: async () => (await must('stack', 'export')).said,
  };
};
