import { appOf } from '../stacks/azure/names.ts';
import { type Cloud, clouds } from '../stacks/environment.ts';
import * as aws from './account.ts';
import * as azure from './azure-account.ts';
import * as gcp from './gcp-account.ts';

type Values = { readonly [property: string]: unknown };
type Config = { readonly [key: string]: string };

/** What graphs of one cloud are drawn with. */
export type Account = {
  /** Where the stack is, as its provider is told. */
  readonly place: Config;
  /** What each environment has to be told. */
  readonly told: { readonly [stack: string]: Config };
  readonly outputsOf: (type: string, name: string, inputs: Values) => { readonly id: string; readonly state: Values };
  readonly answerTo: (token: string) => Values;
  /** The zip that a unit goes into. */
  readonly bundleOf: (unit: { readonly name: string; readonly trigger: string }) => string;
};

const told = { 'platform:alarmEmail': 'operators@example.com' };
const inProd = { ...told, 'platform:domain': 'ai.example.com', 'platform:monthlyBudgetUsd': '500' };
const zone = `/subscriptions/${azure.subscription}/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.com`;

const accounts: { readonly [cloud in Cloud]?: Account } = {
  aws: {
    place: { 'aws:region': aws.region },
    told: {
      'aws-staging': told,
      'aws-prod': { ...inProd, 'platform:allowedAccount': aws.account, 'platform:hostedZoneId': 'Z0123456789ABCDEFGHIJ' },
    },
    ...{ outputsOf: aws.outputsOf, answerTo: aws.answerTo, bundleOf: ({ name }) => name },
  },
  azure: {
    place: { 'azure-native:location': azure.location, 'azure-native:subscriptionId': azure.subscription },
    told: {
      'azure-staging': told,
      'azure-prod': { ...inProd, 'platform:allowedSubscription': azure.subscription, 'platform:dnsZoneId': zone },
    },
    ...{ outputsOf: azure.outputsOf, answerTo: azure.answerTo },
    bundleOf: (unit) => (unit.name === 'edge' ? unit.name : appOf(unit)),
  },
  gcp: {
    place: { 'gcp:region': gcp.region, 'gcp:project': gcp.project },
    told: {
      'gcp-staging': told,
      'gcp-prod': {
        ...{ ...inProd, 'platform:allowedProject': gcp.project, 'platform:dnsZone': 'example-com' },
        'platform:billingAccount': '012345-6789AB-CDEF01',
      },
    },
    ...{ outputsOf: gcp.outputsOf, answerTo: gcp.answerTo, bundleOf: ({ name }) => name },
  },
};

/** The clouds that have an account here. */
export const drawnClouds: readonly Cloud[] = clouds.filter((cloud) => accounts[cloud] !== undefined);

export const accountFor = (stack: string): Account => {
  const cloud = clouds.find((one) => stack.startsWith(`${one}-`));
  const account = cloud === undefined ? undefined : accounts[cloud];
  if (account === undefined) throw new RangeError(`There is no account for ${stack}.`);
  return account;
};
