import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { graphOf } from '../infra-tests/graph.ts';
import { Options } from '../stacks/aws/options.ts';
import { profiles } from '../stacks/environment.ts';
import { covers, statementsIn } from '../stacks/policies/statements.ts';

const text = readFileSync(new URL('../docs/deploy-aws.md', import.meta.url), 'utf8');
const policy = (name: string): string => new RegExp(`<!-- policy: ${name} -->\n\`\`\`json\n([\\s\\S]*?)\n\`\`\``).exec(text)?.[1] ?? '';

type Statement = { readonly Effect: string; readonly Action: string | readonly string[]; readonly Resource?: unknown };
const statements = (name: string): readonly Statement[] => (JSON.parse(policy(name)) as { Statement: Statement[] }).Statement;
const actions = statements('deploy').flatMap(({ Action }) => Action);

/** The service that IAM knows the kinds of a provider's module by. */
const serviceOf = (type: string): string => {
  const [, module = '', kind = ''] = /^aws:(\w+)\/(\w+):/.exec(type) ?? [];
  if (module === 'cloudwatch' && kind.startsWith('event')) return 'events';
  if (module === 'cloudwatch' && kind.startsWith('log')) return 'logs';
  return { apigatewayv2: 'apigateway', bcmdata: 'bcm-data-exports' }[module] ?? module;
};

/** The provider tags what it makes, and reads the tags of all that can have some: by these, which are called otherwise in almost every service. */
const readsTags: { readonly [service: string]: string } = {
  ...{ acm: 'ListTagsForCertificate', athena: 'ListTagsForResource', budgets: 'ListTagsForResource', cloudfront: 'ListTagsForResource' },
  ...{ 'bcm-data-exports': 'ListTagsForResource', cloudwatch: 'ListTagsForResource', dynamodb: 'ListTagsOfResource' },
  ...{ events: 'ListTagsForResource', glue: 'GetTags', iam: 'ListRoleTags', kms: 'ListResourceTags', lambda: 'ListTags' },
  ...{ logs: 'ListTagsForResource', s3: 'ListTagsForResource', secretsmanager: 'DescribeSecret', sns: 'ListTagsForResource' },
  ...{ sqs: 'ListQueueTags', wafv2: 'ListTagsForResource' },
};
/** Gateways are tagged by its verbs, and the rest has no tags here: schedules only in groups, records not at all. */
const withoutTagActions = ['apigateway', 'route53', 'scheduler'];

describe('the policy of the role that deploys', async () => {
  const graphs = [...(await graphOf('aws-dev')), ...(await graphOf('aws-staging')), ...(await graphOf('aws-prod'))];
  const services = [...new Set(graphs.filter(({ type }) => type.startsWith('aws:')).map(({ type }) => serviceOf(type)))].sort();

  it.each(services)('lets it make what the stacks have of %s', (service) => {
    expect(actions.filter((action) => action.startsWith(`${service}:`))).not.toEqual([]);
  });

  it.each(services.filter((service) => !withoutTagActions.includes(service)))('lets it read the tags of what is of %s', (service) => {
    const action = `${service}:${readsTags[service]}`;
    expect(actions.filter((pattern) => covers(pattern, action))).not.toEqual([]);
  });

  it.each(['iam:CreateServiceLinkedRole', 'servicequotas:GetAWSDefaultServiceQuota'])('lets it %s, as what it makes does', (action) => {
    expect(actions).toContain(action);
  });

  it('grants no service whole', () => {
    expect(actions.filter((action) => /^(\*|[\w-]+:\*)$/.test(action))).toEqual([]);
  });

  it('names every table, bucket and role as the program does', () => {
    const names = (ending: string) => graphs.filter(({ type }) => type.endsWith(ending)).map(({ name }) => name);
    expect(names('iam/role:Role').filter((name) => !name.endsWith('-role'))).toEqual([]);
    expect(names('s3/bucket:Bucket').filter((name) => !name.endsWith('-bucket'))).toEqual([]);
    expect(names('dynamodb/table:Table')).toContain('identity-directory-table');
  });

  it('fits one managed policy (6,144 characters without blanks)', () => {
    expect(policy('deploy').replaceAll(/\s/g, '').length).toBeLessThan(6144);
  });
});

/** The function of the guide that takes a policy out of it, run as the guide says. */
const printed = (name: string): string => {
  const define = /^policy\(\) \{\n[\s\S]*?\n\}$/m.exec(text)?.[0] ?? '';
  const who = 'ORG=acme REPO=ai ENVIRONMENT=aws-dev REGION=eu-central-1 ACCOUNT=123456789012';
  return execFileSync('bash', ['-c', `${who}\n${define}\npolicy ${name}`], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    encoding: 'utf8',
  });
};

describe('the roles, made by the commands of the guide', async () => {
  const names = ['deploy', 'within-boundary', 'boundary', 'preview', 'trust', 'trust-preview'];
  const roles = [...(await graphOf('aws-dev')), ...(await graphOf('aws-prod'))].filter(
    ({ type }) => type === 'aws:iam/rolePolicy:RolePolicy',
  );
  const granted = [...new Set(roles.flatMap(({ inputs }) => statementsIn(inputs.policy).flatMap((one) => one.actions)))].sort();

  it.each(names)('have the policy %s of who is who', (name) => {
    const made = printed(name);
    expect(JSON.parse(made)).toMatchObject({ Version: '2012-10-17' });
    expect(made).not.toMatch(/ACCOUNT|REGION|ORG|REPO|aws-prod/);
  });

  it.each(granted)('lets a function %s within the boundary', (action) => {
    expect(
      statements('boundary')
        .flatMap(({ Action }) => Action)
        .filter((pattern) => covers(pattern, action)),
    ).not.toEqual([]);
  });

  it.each(['iam:CreateRole', 'sts:AssumeRole', 'lambda:UpdateFunctionCode', 's3:PutBucketPolicy'])('lets no function %s', (action) => {
    expect(
      statements('boundary')
        .flatMap(({ Action }) => Action)
        .filter((pattern) => covers(pattern, action)),
    ).toEqual([]);
  });

  it('trust a repository and an environment, by whole names', () => {
    for (const name of ['trust', 'trust-preview']) {
      const condition = statementsIn(policy(name))[0]?.condition ?? {};
      expect(Object.keys(condition)).toEqual(['StringEquals']);
      const subjects = [condition.StringEquals?.['token.actions.githubusercontent.com:sub'] ?? []].flat();
      expect(
        subjects.filter((subject) => !/^repo:ORG\/REPO:(environment:aws-prod(-preview)?|ref:refs\/heads\/main)$/.test(subject)),
      ).toEqual([]);
    }
  });
});

describe('what is written of a deployment', () => {
  it('defines a variable before it uses it', () => {
    const used = [...text.matchAll(/\$\{?([A-Z][A-Z_]*)/g)];
    const undefinedYet = used.filter(({ 1: name = '', index }) => !new RegExp(`\\b${name}=`).test(text.slice(0, index)));
    expect(undefinedYet.map(([, name]) => name)).toEqual([]);
  });

  it.each(Object.keys(Options.shape))('speaks of the setting %s', (key) => {
    expect(text).toContain(`\`${key}\``);
  });

  it('says how long logs and events are kept', () => {
    const row = (values: readonly number[]) => values.map((days) => `${days} days`).join(' | ');
    const all = Object.values(profiles);
    expect(text).toContain(`| logs kept | ${row(all.map(({ logRetentionDays }) => logRetentionDays))} |`);
    expect(text).toContain(`| events archived | ${row(all.map(({ eventArchiveDays }) => eventArchiveDays))} |`);
  });

  it('lets a preview read the secrets that the program makes, by their names', () => {
    expect(policy('preview')).toContain('secret:*-secret-*');
  });

  it('lets the role be taken for one environment only', () => {
    expect(JSON.stringify(statements('trust'))).toContain('repo:ORG/REPO:environment:aws-prod');
  });
});
