import { AwsClient } from 'aws4fetch';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Account, credentials } from './clients.ts';

const Inputs = z.object({ name: z.string(), retentionInDays: z.number().optional(), tags: z.record(z.string(), z.string()).default({}) });
const Described = z.object({ logGroups: z.array(z.object({ logGroupName: z.string(), retentionInDays: z.number().optional() })) });

/** CloudWatch Logs takes JSON under the name of the operation; that is all of its protocol that is needed here. */
const logsOf = ({ endpoint, region }: Account) => {
  const client = new AwsClient({ ...credentials, region, service: 'logs' });
  return async (operation: string, input: object): Promise<unknown> => {
    const response = await client.fetch(endpoint, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': `Logs_20140328.${operation}` },
      body: JSON.stringify(input),
    });
    const text = await response.text();
    if (response.ok) return text === '' ? {} : JSON.parse(text);
    if (text.includes('ResourceNotFoundException')) return undefined;
    throw new Error(`${operation}: ${response.status} ${text}`);
  };
};

export const logGroupNames = async (account: Account): Promise<string[]> =>
  Described.parse(await logsOf(account)('DescribeLogGroups', {})).logGroups.map(({ logGroupName }) => logGroupName);

export const logGroup = (account: Account) => {
  const logs = logsOf(account);
  const computedOf = (name: string) => ({ arn: `arn:aws:logs:${account.region}:${account.id}:log-group:${name}` });
  const describe = async (name: string) => {
    const said = Described.parse(await logs('DescribeLogGroups', { logGroupNamePrefix: name }));
    return said.logGroups.find(({ logGroupName }) => logGroupName === name);
  };
  const retain = async (logGroupName: string, retentionInDays: number | undefined) => {
    if (retentionInDays !== undefined) await logs('PutRetentionPolicy', { logGroupName, retentionInDays });
  };
  return kind({
    type: 'aws:cloudwatch/logGroup:LogGroup',
    inputs: Inputs,
    naming: { property: 'name', longest: 512 },
    replacedBy: ['name', 'region', 'logGroupClass'],
    computes: ['arn'],
    create: async ({ name, retentionInDays, tags }) => {
      await logs('CreateLogGroup', { logGroupName: name, tags });
      await retain(name, retentionInDays);
      return { id: name, computed: computedOf(name) };
    },
    read: async (id, state) => {
      const said = await describe(id);
      if (said === undefined) return undefined;
      const differs = state.retentionInDays !== undefined && said.retentionInDays !== state.retentionInDays;
      return { inputs: differs ? { retentionInDays: said.retentionInDays ?? 0 } : {}, computed: computedOf(id) };
    },
    update: async (id, { retentionInDays }) => {
      await retain(id, retentionInDays);
      return {};
    },
    remove: async (id) => {
      await logs('DeleteLogGroup', { logGroupName: id });
    },
  });
};
