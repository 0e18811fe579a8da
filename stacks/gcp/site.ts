import { getProjectOutput } from '@pulumi/gcp/organizations/getProject.js';
import { interpolate, type Output, type Resource as PulumiResource } from '@pulumi/pulumi';
import { fitted } from './component.ts';
import type { Settings } from './options.ts';

/** Where a stack is, and what it calls what has to be named before it is there. */
export type Site = {
  readonly project: string;
  readonly projectNumber: Output<string>;
  readonly region: string;
  /** What all names begin with: `hybrid-dev`. */
  readonly prefix: string;
};

export const siteOf = ({ project, region, environment }: Settings, parent: PulumiResource): Site => ({
  project,
  projectNumber: getProjectOutput({ projectId: project }, { parent }).number,
  region,
  prefix: prefixOf(environment),
});

export const prefixOf = (environment: string): string => `hybrid-${environment}`;

export const functionName = ({ prefix }: Pick<Site, 'prefix'>, unit: string): string => `${prefix}-${unit}`;

/** A function's own URL, which Cloud Run derives from its name; it is also what tokens for it are made out to. */
export const urlOf = (site: Site, unit: string): Output<string> =>
  interpolate`https://${functionName(site, unit)}-${site.projectNumber}.${site.region}.run.app`;

/** Names of service accounts have at most 30 characters. */
export const accountId = ({ prefix }: Pick<Site, 'prefix'>, name: string): string => fitted(`${prefix}-${name}`, 30);

/** What a service account is called, whether or not it is there yet. */
export const emailOf = (site: Site, name: string): string => `${accountId(site, name)}@${site.project}.iam.gserviceaccount.com`;

/** The account that a service of Google itself works as in this project: `gcp-sa-pubsub`. */
export const serviceAgent = ({ projectNumber }: Site, agent: string): Output<string> =>
  interpolate`serviceAccount:service-${projectNumber}@${agent}.iam.gserviceaccount.com`;
