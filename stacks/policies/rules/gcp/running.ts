import { profiles } from '../../../environment.ts';
import { at, type Resource, type ResourceRule, textAt } from '../../rule.ts';

const functions = 'gcp:cloudfunctionsv2/function:Function';

/** Names of variables that hold what nobody may read; a secret's name and a hash are none. */
const secretVariable = /(SECRET|PASSWORD|PRIVATE|API_?KEY|ADMIN_?KEY)/;
const harmless = /^(projects\/[^/]+\/secrets\/[^/]+|[0-9a-f]{64})$/;

const neededLabels = ['hybrid-stack', 'hybrid-environment', 'hybrid-platform'] as const;

/** Pulumi hands a provider what is structured as JSON text. */
const labelsOf = (given: unknown): { readonly [label: string]: unknown } =>
  ((typeof given === 'string' ? JSON.parse(given) : given) ?? {}) as { readonly [label: string]: unknown };

export const ofGcpRunning: readonly ResourceRule[] = [
  {
    name: 'gcp-resource-is-labelled',
    describes: 'Everything says which stack it belongs to.',
    types: ['gcp:'],
    breaks: ({ provider }) => {
      const labels = labelsOf(provider?.defaultLabels);
      const missing = neededLabels.filter((label) => labels[label] === undefined);
      return missing.length === 0 ? undefined : `its provider does not label it with ${missing.join(', ')}`;
    },
  },
  {
    name: 'gcp-function-runs-as-meant',
    describes:
      'A function runs on Node 24 as an account of its own, is built as one that may only build, and costs nothing while nobody calls it.',
    types: [functions],
    breaks: (one) => {
      if (at(one, 'buildConfig', 'runtime') !== 'nodejs24') return 'it does not run on Node 24';
      if (textAt(one, 'buildConfig', 'serviceAccount') === '')
        return 'it is built as the project’s own account, which may change everything';
      if (textAt(one, 'serviceConfig', 'serviceAccountEmail') === '') return 'it runs as the project’s own account';
      return Number(at(one, 'serviceConfig', 'minInstanceCount') ?? 0) > 0 ? 'it is paid for while nobody calls it' : undefined;
    },
  },
  {
    name: 'gcp-log-ends',
    describes: 'Logs are kept for a time that somebody chose, not for ever.',
    types: ['gcp:logging/projectBucketConfig:ProjectBucketConfig'],
    breaks: (bucket) => (Number(at(bucket, 'retentionDays') ?? 0) > 0 ? undefined : 'it is kept for as long as the project says'),
  },
  {
    name: 'gcp-function-has-an-end',
    describes: 'There is an end to how many instances of a function there may be.',
    types: [functions],
    breaks: (one) => (Number(at(one, 'serviceConfig', 'maxInstanceCount') ?? 0) > 0 ? undefined : 'there may be any number of instances'),
  },
  {
    name: 'gcp-function-knows-no-secret',
    describes: 'No variable of a function holds a secret: it names where the secret is kept.',
    types: [functions],
    breaks: (one) => {
      const variables = (at(one, 'serviceConfig', 'environmentVariables') ?? {}) as { readonly [name: string]: unknown };
      const told = Object.entries(variables).find(([name, value]) => secretVariable.test(name) && !harmless.test(String(value)));
      return told === undefined ? undefined : `${told[0]} can be read by whoever may look at the function`;
    },
  },
  {
    name: 'gcp-edge-has-one-way-in',
    describes: 'In prod the edge is reached through the load balancer only, past which there is no way around the firewall.',
    types: [functions],
    breaks: (one: Resource, environment) =>
      profiles[environment].edge === 'always' &&
      one.name === 'edge-function' &&
      at(one, 'serviceConfig', 'ingressSettings') !== 'ALLOW_INTERNAL_AND_GCLB'
        ? 'it can be reached past its domain and the firewall'
        : undefined,
  },
];
