import { CreateEventBusCommand, DeleteEventBusCommand, DescribeEventBusCommand } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';

const Inputs = z.object({ name: z.string(), description: z.string().optional() });

export const eventBus = ({ events }: Clients) =>
  kind({
    type: 'aws:cloudwatch/eventBus:EventBus',
    inputs: Inputs,
    naming: { property: 'name', longest: 256 },
    replacedBy: ['name', 'eventSourceName', 'region'],
    computes: ['arn'],
    create: async ({ name, description }) => {
      const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: name, Description: description }));
      return { id: name, computed: { arn: EventBusArn } };
    },
    read: async (id) => {
      const said = await found(events.send(new DescribeEventBusCommand({ Name: id })));
      return said === undefined ? undefined : { computed: { arn: said.Arn } };
    },
    remove: async (id) => {
      await found(events.send(new DeleteEventBusCommand({ Name: id })));
    },
  });
