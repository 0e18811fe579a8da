import { CreateArchiveCommand, DeleteArchiveCommand, DescribeArchiveCommand, UpdateArchiveCommand } from '@aws-sdk/client-eventbridge';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { type Clients, found } from './clients.ts';
import { drift } from './drift.ts';

const Inputs = z.object({
  name: z.string(),
  eventSourceArn: z.string(),
  eventPattern: z.string().optional(),
  retentionDays: z.number().optional(),
  description: z.string().optional(),
});
type Inputs = z.output<typeof Inputs>;

const settingsOf = (inputs: Inputs) => ({
  ArchiveName: inputs.name,
  EventPattern: inputs.eventPattern,
  RetentionDays: inputs.retentionDays,
  Description: inputs.description,
});

export const eventArchive = ({ events }: Clients) =>
  kind({
    type: 'aws:cloudwatch/eventArchive:EventArchive',
    inputs: Inputs,
    naming: { property: 'name', longest: 48 },
    replacedBy: ['name', 'eventSourceArn', 'region'],
    computes: ['arn'],
    create: async (inputs) => {
      const { ArchiveArn } = await events.send(new CreateArchiveCommand({ ...settingsOf(inputs), EventSourceArn: inputs.eventSourceArn }));
      return { id: inputs.name, computed: { arn: ArchiveArn } };
    },
    read: async (id, state) => {
      const said = await found(events.send(new DescribeArchiveCommand({ ArchiveName: id })));
      if (said === undefined) return undefined;
      return { inputs: drift(state, { retentionDays: said.RetentionDays }), computed: { arn: said.ArchiveArn } };
    },
    update: async (_id, inputs) => ({ arn: (await events.send(new UpdateArchiveCommand(settingsOf(inputs)))).ArchiveArn }),
    remove: async (id) => {
      await found(events.send(new DeleteArchiveCommand({ ArchiveName: id })));
    },
  });
