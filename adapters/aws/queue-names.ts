import type { Environment } from './credentials.ts';
import { endpointOf, sqs } from './services.ts';

type QueueArn = { readonly region: string; readonly account: string; readonly name: string };

/** `arn:aws:sqs:<region>:<account>:<name>`. */
const partsOf = (arn: string): QueueArn => {
  const [, , , region = '', account = '', name = ''] = arn.split(':');
  return { region, account, name };
};

/** The URL of a queue by its ARN; of another queue of the same account and region where a name is given. */
export const queueUrlOf = (arn: string, environment: Environment, name: string = partsOf(arn).name): string => {
  const { region, account } = partsOf(arn);
  return `${endpointOf(sqs, region, environment.AWS_ENDPOINT_URL)}/${account}/${name}`;
};
