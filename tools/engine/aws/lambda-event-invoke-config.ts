import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  PutFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';

const Destination = z.object({ destination: z.string() });
const Inputs = z.object({
  functionName: z.string(),
  qualifier: z.string().optional(),
  maximumEventAgeInSeconds: z.number().optional(),
  maximumRetryAttempts: z.number().optional(),
  destinationConfig: z.object({ onFailure: Destination.optional(), onSuccess: Destination.optional() }).optional(),
});
type Inputs = z.output<typeof Inputs>;

const settingsOf = (inputs: Inputs) => {
  const { onFailure, onSuccess } = inputs.destinationConfig ?? {};
  return {
    FunctionName: inputs.functionName,
    Qualifier: inputs.qualifier,
    MaximumEventAgeInSeconds: inputs.maximumEventAgeInSeconds,
    MaximumRetryAttempts: inputs.maximumRetryAttempts,
    DestinationConfig: {
      ...(onFailure && { OnFailure: { Destination: onFailure.destination } }),
      ...(onSuccess && { OnSuccess: { Destination: onSuccess.destination } }),
    },
  };
};

export const eventInvokeConfig = ({ lambda }: Clients) => {
  const put = (inputs: Inputs) => lambda.send(new PutFunctionEventInvokeConfigCommand(settingsOf(inputs)));
  return kind({
    type: 'aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig',
    inputs: Inputs,
    replacedBy: ['functionName', 'qualifier', 'region'],
    computes: [],
    create: async (inputs) => {
      await put(inputs);
      return { id: `${inputs.functionName}:${inputs.qualifier ?? '$LATEST'}`, computed: {} };
    },
    read: async (_id, state) => {
      const command = new GetFunctionEventInvokeConfigCommand({ FunctionName: state.functionName, Qualifier: state.qualifier });
      const said = await found(lambda.send(command));
      if (said === undefined) return undefined;
      return { inputs: drift(state, { maximumRetryAttempts: said.MaximumRetryAttempts }), computed: {} };
    },
    update: async (_id, inputs) => {
      await put(inputs);
      return {};
    },
    remove: async (_id, { functionName, qualifier }) => {
      await found(lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName: functionName, Qualifier: qualifier })));
    },
  });
};
