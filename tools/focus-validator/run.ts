import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failed, Rejected } from '../../domain/kernel/failure.ts';

const here = dirname(fileURLToPath(import.meta.url));
const requirements = join(here, 'requirements.txt');
const environment = resolve(here, '../../.cache/focus-validator');
const stamp = join(environment, 'installed.txt');

/** Rules whose own condition the validator ignores: it wants every InvoiceId to be null, and every Purchase to cost nothing effectively. */
export const knownFindings: readonly string[] = ['EffectiveCost-C-005-C', 'InvoiceId-C-004-C'];

const run = (command: string, args: readonly string[], cwd: string): string => {
  // A version manager's shims need to be told which of their versions `python3.12` is.
  const env = { ...process.env, PYENV_VERSION: process.env.PYENV_VERSION ?? '3.12', PYTHONDONTWRITEBYTECODE: '1' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  if (status !== 0)
    throw new Rejected(
      failed(
        'unavailable',
        'validator-failed',
        `${command} ${args.slice(0, 3).join(' ')} failed: ${error?.message ?? stderr.slice(-4000)}`,
      ),
    );
  return stdout;
};

const fresh = (): boolean => existsSync(stamp) && readFileSync(stamp, 'utf8') === readFileSync(requirements, 'utf8');

/** Installs the FinOps Foundation's validator under `.cache/`, once for each list of requirements. Needs `python3.12` on the PATH. */
const install = (): void => {
  if (fresh()) return;
  const building = `${environment}.new`;
  for (const folder of [environment, building]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(environment), { recursive: true });
  run('python3.12', ['-m', 'venv', building], here);
  run(join(building, 'bin/python'), ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements], here);
  renameSync(building, environment);
  writeFileSync(stamp, readFileSync(requirements));
};

const launch = 'from focus_validator.main import main; main()';

/** Validates a CSV or Parquet file by the rules of FOCUS 1.2: the ids of all rules that it breaks. */
export const validateFocus = (file: string): readonly string[] => {
  install();
  const python = join(environment, 'bin/python');
  const packages = run(python, ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'], here).trim();
  const options = ['--validate-version', '1.2', '--block-download', '--focus-dataset', 'CostAndUsage'];
  // It finds its list of currencies by a path relative to where it is installed.
  const output = run(python, ['-c', launch, '--data-file', resolve(file), ...options], packages);
  const broken = [...output.matchAll(/^❌ ([\w-]+): FAIL/gmu)].map(([, rule = '']) => rule);
  if (!/^✅ [\w-]+: PASS/mu.test(output))
    throw new Rejected(failed('unavailable', 'validator-failed', `No rule passed: ${output.slice(-2000)}`));
  return [...new Set(broken)].sort();
};

const report = (file: string): boolean => {
  const findings = validateFocus(file);
  const unknown = findings.filter((rule) => !knownFindings.includes(rule));
  process.stdout.write(`${file}: ${unknown.length === 0 ? 'valid FOCUS 1.2' : `breaks ${unknown.join(', ')}`}\n`);
  return unknown.length === 0;
};

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const files = process.argv.slice(2);
  const valid = files.map(report);
  process.exitCode = files.length > 0 && valid.every(Boolean) ? 0 : 1;
}
