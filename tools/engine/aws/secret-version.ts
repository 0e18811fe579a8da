import { GetSecretValueCommand, PutSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';

const Inputs = z.object({ secretId: z.string(), secretString: z.string().optional(), secretStringWo: z.string().optional() });

const versionIn = (id: string): string => id.split('|').at(-1) ?? '';

export const secretVersion = ({ secrets }: Clients) =>
  kind({
    type: 'aws:secretsmanager/secretVersion:SecretVersion',
    inputs: Inputs,
    replacedBy: ['secretId', 'secretString', 'secretStringWoVersion', 'secretBinary', 'region'],
    computes: ['arn', 'versionId'],
    secrets: ['secretString', 'secretStringWo', 'secretBinary'],
    create: async ({ secretId, secretString, secretStringWo }) => {
      const answer = await secrets.send(new PutSecretValueCommand({ SecretId: secretId, SecretString: secretString ?? secretStringWo }));
      return { id: `${secretId}|${answer.VersionId}`, computed: { arn: answer.ARN, versionId: answer.VersionId } };
    },
    read: async (id, { secretId }) => {
      const said = await found(secrets.send(new GetSecretValueCommand({ SecretId: secretId, VersionId: versionIn(id) })));
      return said === undefined ? undefined : { computed: { arn: said.ARN, versionId: said.VersionId } };
    },
    // A version goes with its secret, or by losing its stage to the next one.
    remove: async () => {},
  });
