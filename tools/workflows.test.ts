import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

type Step = { readonly uses?: string; readonly run?: string; readonly with?: { readonly [input: string]: unknown } };
type Job = {
  readonly permissions?: { readonly [scope: string]: string };
  readonly 'timeout-minutes'?: number;
  readonly environment?: string;
  readonly steps: readonly Step[];
};
type Workflow = {
  readonly on: { readonly [event: string]: unknown };
  readonly permissions: object;
  readonly concurrency: { readonly group: string };
  readonly jobs: { readonly [name: string]: Job };
};

const folder = new URL('../.github/', import.meta.url);
const read = <T>(path: string): T => parse(readFileSync(new URL(path, folder), 'utf8')) as T;
const names = readdirSync(new URL('workflows/', folder)).sort();
const actions = readdirSync(new URL('actions/', folder)).sort();
const workflows = names.map((name) => [name, read<Workflow>(`workflows/${name}`)] as const);
const jobs = workflows.flatMap(([file, { jobs: all }]) => Object.entries(all).map(([job, body]) => [`${file}: ${job}`, body] as const));
const composite = read<{ readonly runs: { readonly steps: readonly Step[] } }>('actions/stack/action.yml').runs.steps;
const steps = [
  ...jobs.flatMap(([where, { steps: all }]) => all.map((step) => ({ where, step }))),
  ...composite.map((step) => ({ where: 'stack', step })),
];

describe('the workflows', () => {
  it('are these', () => {
    expect(names).toEqual(['deploy-azure.yml', 'deploy-gcp.yml', 'deploy.yml', 'nightly.yml', 'preview.yml', 'test.yml']);
  });

  it.each(workflows)('%s gives no permission to all, and runs once at a time', (_, { permissions, concurrency, on }) => {
    expect(permissions).toEqual({});
    expect(concurrency.group).not.toBe('');
    expect(Object.keys(on)).not.toContain('pull_request_target');
  });

  it.each(jobs)('%s says what it may do and when it is over', (_, job) => {
    expect(Object.keys(job.permissions ?? {}).length).toBeGreaterThan(0);
    expect(job.permissions).not.toHaveProperty('contents', 'write');
    expect(job['timeout-minutes']).toBeGreaterThan(0);
    expect(job['timeout-minutes']).toBeLessThanOrEqual(90);
  });

  it('use actions of one commit each, told by its version, or of this repository', () => {
    const files = [...names.map((name) => `workflows/${name}`), ...actions.map((name) => `actions/${name}/action.yml`)];
    const uses = files.flatMap((file) => readFileSync(new URL(file, folder), 'utf8').split('\n')).filter((line) => /\buses:/.test(line));
    expect(uses.length).toBeGreaterThan(steps.length / 3);
    expect(uses.filter((line) => !/uses: (\.\/\S+|\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/.test(line))).toEqual([]);
  });

  it('use one commit of an action everywhere', () => {
    const commits = new Map<string, Set<string>>();
    for (const { step } of steps) {
      const [action = '', commit = ''] = step.uses?.split('@') ?? [];
      commits.set(action, new Set([...(commits.get(action) ?? []), commit]));
    }
    expect([...commits].filter(([, all]) => all.size > 1)).toEqual([]);
  });

  it('set up for the tests what they are said to need', () => {
    const { jobs: test } = read<Workflow>('workflows/test.yml');
    const setUp = test.everything?.steps.flatMap(({ uses = '' }) => uses.match(/\/setup-(\w+)@/)?.[1] ?? []);
    expect(setUp).toEqual(['node', 'python', 'go', 'java', 'gcloud']);
    const needed = readFileSync(new URL('emulators/gcp.ts', import.meta.url), 'utf8').matchAll(/sdkFolder\('([a-z-]+)'\)/g);
    const components = test.everything?.steps.find(({ uses }) => uses?.includes('/setup-gcloud@'))?.with?.install_components;
    expect(String(components).split(',').sort()).toEqual([...needed].map(([, emulator]) => emulator).sort());
  });

  it('put nothing into a script that a stranger may write', () => {
    expect(steps.filter(({ step }) => /\$\{\{/.test(step.run ?? ''))).toEqual([]);
  });

  it('leave no token of the repository behind in the checkout', () => {
    const kept = steps.filter(({ step }) => step.uses?.startsWith('actions/checkout') && step.with?.['persist-credentials'] !== false);
    expect(kept).toEqual([]);
  });

  it.each([
    ['aws', 'deploy.yml'],
    ['azure', 'deploy-azure.yml'],
    ['gcp', 'deploy-gcp.yml'],
  ])('deploy each environment of %s as itself, prod last', (cloud, file) => {
    const { jobs: deploy } = read<{ jobs: { [name: string]: Job & { needs?: string } } }>(`workflows/${file}`);
    expect(Object.entries(deploy).map(([name, { environment, needs }]) => [name, environment, needs])).toEqual([
      ['dev', `${cloud}-dev`, undefined],
      ['staging', `${cloud}-staging`, 'dev'],
      ['prod', `${cloud}-prod`, 'staging'],
    ]);
  });

  it('preview each stack in an environment that may ask for approval, for a pull request is code that runs with a role', () => {
    const { jobs: preview } = read<Workflow>('workflows/preview.yml');
    expect(preview.preview?.environment).toMatch(/^\S+ matrix\.stack \S+-preview$/);
    const trusting = jobs.filter(([where, job]) => job.permissions?.['id-token'] === 'write' && !where.startsWith('nightly.yml'));
    expect(trusting.filter(([, { environment }]) => environment === undefined)).toEqual([]);
  });

  it.each(['preview.yml', 'nightly.yml'])('%s has a row for each environment of each cloud, each with an identity of its own', (file) => {
    const { jobs: all } = read<{ jobs: { [name: string]: { strategy?: { matrix: { include: { stack: string }[] } } } } }>(
      `workflows/${file}`,
    );
    const rows = Object.values(all).flatMap(({ strategy }) => strategy?.matrix.include ?? []);
    expect(rows.map(({ stack }) => stack)).toEqual(
      ['aws', 'azure', 'gcp'].flatMap((cloud) => ['dev', 'staging', 'prod'].map((one) => `${cloud}-${one}`)),
    );
    const identities = rows.map((row) => JSON.stringify({ ...row, stack: '', backend: '' }));
    expect(new Set(identities).size).toBe(rows.length);
  });

  it('look for drift every night', () => {
    const { jobs: nightly } = read<Workflow>('workflows/nightly.yml');
    expect(nightly.drift?.steps.map(({ run }) => run).join('\n')).toContain('--refresh --expect-no-changes');
  });
});
