import { DeleteRuleCommand, DescribeRuleCommand, PutRuleCommand } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';

const Inputs = z.object({
  name: z.string(),
  eventBusName: z.string().default('default'),
  eventPattern: z.string().optional(),
  scheduleExpression: z.string().optional(),
  description: z.string().optional(),
  state: z.enum(['ENABLED', 'DISABLED', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS']).optional(),
});
type Inputs = z.output<typeof Inputs>;

export const eventRule = ({ events }: Clients) => {
  const put = async (inputs: Inputs) => {
    const { RuleArn } = await events.send(
      new PutRuleCommand({
        Name: inputs.name,
        EventBusName: inputs.eventBusName,
        EventPattern: inputs.eventPattern,
        ScheduleExpression: inputs.scheduleExpression,
        Description: inputs.description,
        State: inputs.state,
      }),
    );
    return { arn: RuleArn };
  };
  return kind({
    type: 'aws:cloudwatch/eventRule:EventRule',
    inputs: Inputs,
    naming: { property: 'name', longest: 64 },
    replacedBy: ['name', 'eventBusName', 'region'],
    computes: ['arn'],
    create: async (inputs) => ({ id: `${inputs.eventBusName}/${inputs.name}`, computed: await put(inputs) }),
    read: async (_id, state) => {
      const said = await found(events.send(new DescribeRuleCommand({ Name: state.name, EventBusName: state.eventBusName })));
      if (said === undefined) return undefined;
      return { inputs: drift(state, { eventPattern: said.EventPattern, state: said.State }), computed: { arn: said.Arn } };
    },
    update: async (_id, inputs) => put(inputs),
    remove: async (_id, state) => {
      await found(events.send(new DeleteRuleCommand({ Name: state.name, EventBusName: state.eventBusName })));
    },
  });
};
