import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { graphOf } from '../infra-tests/graph.ts';
import { profiles } from '../stacks/environment.ts';
import { customRoles } from '../stacks/gcp/grant-roles.ts';
import { Options } from '../stacks/gcp/options.ts';

const text = readFileSync(new URL('../docs/deploy-gcp.md', import.meta.url), 'utf8');

/** The role of who deploys that a module of the provider needs. */
const roles: { readonly [module: string]: string } = {
  bigquery: 'bigquery.dataOwner',
  billing: 'billing.costsManager',
  cloudfunctionsv2: 'cloudfunctions.admin',
  cloudrunv2: 'run.admin',
  compute: 'compute.loadBalancerAdmin',
  dns: 'dns.admin',
  firestore: 'datastore.owner',
  kms: 'cloudkms.admin',
  logging: 'logging.configWriter',
  monitoring: 'monitoring.editor',
  projects: 'resourcemanager.projectIamAdmin',
  serviceaccount: 'iam.serviceAccountAdmin',
};

describe('what is written of a deployment on Google Cloud', async () => {
  const graph = [...(await graphOf('gcp-dev')), ...(await graphOf('gcp-staging')), ...(await graphOf('gcp-prod'))];
  const modules = [...new Set(graph.flatMap(({ type }) => /^gcp:(\w+)\//.exec(type)?.[1] ?? []))].sort();

  it.each(modules)('gives who deploys a role for what the stacks have of %s', (module) =>
    expect(text).toContain(`\`roles/${roles[module] ?? `${module}.admin`}\``),
  );

  it.each(Object.keys(Options.shape))('speaks of the setting %s', (key) => expect(text).toContain(`\`${key}\``));

  it('lets who deploys hand out every role that the program grants on the project, and none else', () => {
    const granted = graph
      .filter(({ type }) => type === 'gcp:projects/iAMMember:IAMMember')
      .map(({ inputs }) => String(inputs.role).replace(/^projects\/.*\/roles\/hybrid_[a-z]+_/, ''));
    const condition = /hasOnly\(\[[\s\S]*?\]\)\nEND/.exec(text)?.[0] ?? '';
    for (const role of new Set(granted)) expect(condition).toContain(role);
    const own = Object.keys(customRoles).map((role) => role.replaceAll('-', '_'));
    const named = /for role in ([a-z_ ]+);/.exec(condition)?.[1]?.split(' ') ?? [];
    expect(named.filter((role) => !own.includes(role))).toEqual([]);
  });

  it('says how long logs and events are kept', () => {
    expect(text).toContain(
      `| logs kept | ${Object.values(profiles)
        .map(({ logRetentionDays }) => `${logRetentionDays} days`)
        .join(' | ')} |`,
    );
    const kept = Object.values(profiles).map(({ eventArchiveDays }) => `${Math.min(31, eventArchiveDays)} days`);
    expect(text).toContain(`| events kept | ${kept.join(' | ')}`);
  });
});
