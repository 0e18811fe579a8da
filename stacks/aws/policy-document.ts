import { jsonStringify, type Output } from '@pulumi/pulumi';
import type { Statement } from './component.ts';

export const policyDocument = (statements: readonly Statement[]): Output<string> =>
  jsonStringify({ Version: '2012-10-17', Statement: statements });
