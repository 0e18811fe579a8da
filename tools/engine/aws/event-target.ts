import { ListTargetsByRuleCommand, PutTargetsCommand, RemoveTargetsCommand, type Target } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { inApiNames } from './shape.ts';

const Inputs = z.object({
  rule: z.string(),
  eventBusName: z.string().default('default'),
  targetId: z.string(),
  arn: z.string(),
  roleArn: z.string().optional(),
  input: z.string().optional(),
  deadLetterConfig: z.object({ arn: z.string().optional() }).optional(),
  retryPolicy: z.object({ maximumEventAgeInSeconds: z.number().optional(), maximumRetryAttempts: z.number().optional() }).optional(),
  inputTransformer: z.object({ inputPaths: z.record(z.string(), z.string()).optional(), inputTemplate: z.string() }).optional(),
});
type Inputs = z.output<typeof Inputs>;

const targetOf = (inputs: Inputs): Target => ({
  Id: inputs.targetId,
  Arn: inputs.arn,
  RoleArn: inputs.roleArn,
  Input: inputs.input,
  DeadLetterConfig: inApiNames(inputs.deadLetterConfig) as Target['DeadLetterConfig'],
  RetryPolicy: inApiNames(inputs.retryPolicy) as Target['RetryPolicy'],
  InputTransformer: inputs.inputTransformer && {
    InputPathsMap: inputs.inputTransformer.inputPaths,
    InputTemplate: inputs.inputTransformer.inputTemplate,
  },
});

export const eventTarget = ({ events }: Clients) => {
  const put = async (inputs: Inputs) => {
    const answer = await events.send(
      new PutTargetsCommand({ Rule: inputs.rule, EventBusName: inputs.eventBusName, Targets: [targetOf(inputs)] }),
    );
    const [failure] = answer.FailedEntries ?? [];
    if (failure !== undefined) throw new Error(`${failure.ErrorCode}: ${failure.ErrorMessage}`);
  };
  return kind({
    type: 'aws:cloudwatch/eventTarget:EventTarget',
    inputs: Inputs,
    naming: { property: 'targetId', longest: 64 },
    replacedBy: ['rule', 'eventBusName', 'targetId', 'region'],
    computes: [],
    create: async (inputs) => {
      await put(inputs);
      return { id: `${inputs.eventBusName}-${inputs.rule}-${inputs.targetId}`, computed: {} };
    },
    read: async (_id, state) => {
      const listed = await found(events.send(new ListTargetsByRuleCommand({ Rule: state.rule, EventBusName: state.eventBusName })));
      const target = listed?.Targets?.find(({ Id }) => Id === state.targetId);
      return target === undefined ? undefined : { inputs: target.Arn === state.arn ? {} : { arn: target.Arn }, computed: {} };
    },
    update: async (_id, inputs) => {
      await put(inputs);
      return {};
    },
    remove: async (_id, { rule, eventBusName, targetId }) => {
      await found(events.send(new RemoveTargetsCommand({ Rule: rule, EventBusName: eventBusName, Ids: [targetId] })));
    },
  });
};
