import { CreateSecretCommand, DeleteSecretCommand, DescribeSecretCommand, UpdateSecretCommand } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';

const Inputs = z.object({
  name: z.string(),
  description: z.string().optional(),
  kmsKeyId: z.string().optional(),
  recoveryWindowInDays: z.number().optional(),
});

export const secret = ({ secrets }: Clients) =>
  kind({
    type: 'aws:secretsmanager/secret:Secret',
    inputs: Inputs,
    naming: { property: 'name', longest: 512 },
    replacedBy: ['name', 'region'],
    computes: ['arn'],
    create: async ({ name, description }) => {
      const { ARN = '' } = await secrets.send(new CreateSecretCommand({ Name: name, Description: description }));
      return { id: ARN, computed: { arn: ARN } };
    },
    // One that waits for its deletion is as good as gone.
    read: async (id) => {
      const said = await found(secrets.send(new DescribeSecretCommand({ SecretId: id })));
      return said === undefined || said.DeletedDate !== undefined ? undefined : { computed: { arn: said.ARN } };
    },
    update: async (id, { description }) => {
      await secrets.send(new UpdateSecretCommand({ SecretId: id, Description: description }));
      return {};
    },
    remove: async (id, { recoveryWindowInDays }) => {
      const how = recoveryWindowInDays === 0 ? { ForceDeleteWithoutRecovery: true } : { RecoveryWindowInDays: recoveryWindowInDays ?? 30 };
      await found(secrets.send(new DeleteSecretCommand({ SecretId: id, ...how })));
    },
  });
