import {
  CreateScheduleCommand,
  type CreateScheduleInput,
  DeleteScheduleCommand,
  GetScheduleCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';
import { inApiNames } from './shape.ts';

const Retry = z.object({ maximumEventAgeInSeconds: z.number().optional(), maximumRetryAttempts: z.number().optional() });
const Inputs = z.object({
  name: z.string(),
  groupName: z.string().default('default'),
  scheduleExpression: z.string(),
  scheduleExpressionTimezone: z.string().optional(),
  description: z.string().optional(),
  state: z.enum(['ENABLED', 'DISABLED']).optional(),
  flexibleTimeWindow: z.object({ mode: z.string(), maximumWindowInMinutes: z.number().optional() }),
  target: z.object({
    arn: z.string(),
    roleArn: z.string(),
    input: z.string().optional(),
    deadLetterConfig: z.object({ arn: z.string() }).optional(),
    retryPolicy: Retry.optional(),
  }),
});
const settingsOf = (inputs: z.output<typeof Inputs>) => inApiNames(inputs) as CreateScheduleInput;

export const schedule = ({ scheduler }: Clients) =>
  kind({
    type: 'aws:scheduler/schedule:Schedule',
    inputs: Inputs,
    naming: { property: 'name', longest: 64 },
    replacedBy: ['name', 'groupName', 'region'],
    computes: ['arn'],
    create: async (inputs) => {
      const { ScheduleArn } = await scheduler.send(new CreateScheduleCommand(settingsOf(inputs)));
      return { id: `${inputs.groupName}/${inputs.name}`, computed: { arn: ScheduleArn } };
    },
    read: async (_id, state) => {
      const said = await found(scheduler.send(new GetScheduleCommand({ Name: state.name, GroupName: state.groupName })));
      if (said === undefined) return undefined;
      const settings = { scheduleExpression: said.ScheduleExpression, state: said.State };
      return { inputs: drift(state, settings), computed: { arn: said.Arn } };
    },
    update: async (_id, inputs) => ({ arn: (await scheduler.send(new UpdateScheduleCommand(settingsOf(inputs)))).ScheduleArn }),
    remove: async (_id, { name, groupName }) => {
      await found(scheduler.send(new DeleteScheduleCommand({ Name: name, GroupName: groupName })));
    },
  });
