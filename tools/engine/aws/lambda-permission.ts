import { AddPermissionCommand, GetPolicyCommand, RemovePermissionCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';

const Inputs = z.object({
  statementId: z.string(),
  function: z.string(),
  action: z.string(),
  principal: z.string(),
  qualifier: z.string().optional(),
  sourceArn: z.string().optional(),
  sourceAccount: z.string().optional(),
});
type Statement = { readonly Sid?: string };

export const lambdaPermission = ({ lambda }: Clients) =>
  kind({
    type: 'aws:lambda/permission:Permission',
    inputs: Inputs,
    naming: { property: 'statementId', longest: 100 },
    replacedBy: ['statementId', 'function', 'action', 'principal', 'qualifier', 'sourceArn', 'sourceAccount', 'region'],
    computes: [],
    create: async (inputs) => {
      await lambda.send(
        new AddPermissionCommand({
          FunctionName: inputs.function,
          StatementId: inputs.statementId,
          Action: inputs.action,
          Principal: inputs.principal,
          Qualifier: inputs.qualifier,
          SourceArn: inputs.sourceArn,
          SourceAccount: inputs.sourceAccount,
        }),
      );
      return { id: inputs.statementId, computed: {} };
    },
    read: async (_id, { function: name, qualifier, statementId }) => {
      const said = await found(lambda.send(new GetPolicyCommand({ FunctionName: name, Qualifier: qualifier })));
      const { Statement = [] } = JSON.parse(said?.Policy ?? '{}') as { Statement?: Statement[] };
      return Statement.some(({ Sid }) => Sid === statementId) ? { computed: {} } : undefined;
    },
    remove: async (_id, { function: name, qualifier, statementId }) => {
      const command = new RemovePermissionCommand({ FunctionName: name, StatementId: statementId, Qualifier: qualifier });
      await found(lambda.send(command));
    },
  });
