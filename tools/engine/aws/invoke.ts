import type { Properties } from '../provider/values.ts';
import type { Account } from './clients.ts';

const partition = { dnsSuffix: 'amazonaws.com', id: 'aws', partition: 'aws', reverseDnsPrefix: 'com.amazonaws' };

/** What programs ask about the account that they run in. */
export const invokeOf = ({ id, region }: Account) => {
  const answers: { readonly [token: string]: object } = {
    'aws:index/getCallerIdentity:getCallerIdentity': { accountId: id, arn: `arn:aws:iam::${id}:root`, id, userId: id },
    'aws:index/getRegion:getRegion': { description: region, endpoint: `ec2.${region}.amazonaws.com`, id: region, name: region, region },
    'aws:index/getPartition:getPartition': partition,
    // What a new account has of everything that is asked about.
    'aws:servicequotas/getServiceQuota:getServiceQuota': { id: 'quota', value: 1000, defaultValue: 1000, adjustable: true },
  };
  return async (token: string, _args: Properties): Promise<object> => {
    const answer = answers[token];
    if (answer === undefined) throw new Error(`${token} is not among what this provider can be asked`);
    return answer;
  };
};
