import { CreateAliasCommand, DeleteAliasCommand, GetAliasCommand, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Account, type Clients, found } from './clients.ts';
import { drift } from './drift.ts';
import { invokeArnOf } from './lambda-function.ts';

const Inputs = z.object({
  name: z.string(),
  functionName: z.string(),
  functionVersion: z.string(),
  description: z.string().optional(),
  routingConfig: z.object({ additionalVersionWeights: z.record(z.string(), z.number()).optional() }).optional(),
});
type Inputs = z.output<typeof Inputs>;

const settingsOf = (inputs: Inputs) => ({
  FunctionName: inputs.functionName,
  Name: inputs.name,
  FunctionVersion: inputs.functionVersion,
  Description: inputs.description,
  RoutingConfig: { AdditionalVersionWeights: inputs.routingConfig?.additionalVersionWeights ?? {} },
});

export const lambdaAlias = ({ lambda }: Clients, { region }: Account) => {
  const computedOf = (arn = '') => ({ arn, invokeArn: invokeArnOf(arn, region) });
  return kind({
    type: 'aws:lambda/alias:Alias',
    inputs: Inputs,
    naming: { property: 'name', longest: 128 },
    replacedBy: ['name', 'functionName', 'region'],
    computes: ['arn', 'invokeArn'],
    create: async (inputs) => {
      const { AliasArn } = await lambda.send(new CreateAliasCommand(settingsOf(inputs)));
      return { id: AliasArn ?? '', computed: computedOf(AliasArn) };
    },
    read: async (_id, state) => {
      const said = await found(lambda.send(new GetAliasCommand({ FunctionName: state.functionName, Name: state.name })));
      if (said === undefined) return undefined;
      return { inputs: drift(state, { functionVersion: said.FunctionVersion }), computed: computedOf(said.AliasArn) };
    },
    update: async (_id, inputs) => computedOf((await lambda.send(new UpdateAliasCommand(settingsOf(inputs)))).AliasArn),
    remove: async (_id, { functionName, name }) => {
      await found(lambda.send(new DeleteAliasCommand({ FunctionName: functionName, Name: name })));
    },
  });
};
