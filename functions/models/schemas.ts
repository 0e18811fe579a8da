import * as z from 'zod';
import { TensorSpec } from '../../events/models.ts';
import { listOf, Paging } from '../kernel/lists.ts';
import { Name, Time } from '../kernel/schemas.ts';

export const VersionNumber = z.string().regex(/^[0-9A-Za-z._-]{1,128}$/, 'the number of a version as text, for example "1"');

export const CreateModel = z.strictObject({ name: Name, description: z.string().max(4096).default('') });

export const ModelView = z
  .object({
    name: Name,
    description: z.string(),
    createdAt: Time,
    createdBy: z.string(),
    aliases: z.record(Name, z.string()).describe('The version that each alias points to'),
    latestVersion: z.string().nullable().describe('The version with the highest number'),
  })
  .meta({ id: 'Model' });

export const VersionView = z
  .object({
    model: Name,
    version: z.string(),
    digest: z.string().describe('sha256:<hex>'),
    sizeBytes: z.int(),
    inputs: z.array(TensorSpec),
    outputs: z.array(TensorSpec),
    state: z.enum(['ready', 'deleting']),
    createdAt: Time,
    createdBy: z.string(),
  })
  .meta({ id: 'ModelVersion' });

export const UploadView = z
  .object({
    id: z.string(),
    url: z.url().optional().describe('Where to PUT the model; shown once, since whoever has it may write there'),
    method: z.literal('PUT'),
    headers: z.record(z.string(), z.string()).describe('What to send with it'),
    expiresAt: Time.describe('Until when a PUT may begin; what has arrived is kept for an hour'),
  })
  .meta({ id: 'Upload' });

export const UploadedVersion = z.strictObject({
  digest: z
    .string()
    .regex(/^sha256:[0-9a-f]{64}$/, '"sha256:" and 64 hexadecimal digits')
    .optional()
    .describe('What the model has to be; another one is refused'),
});

export const AliasTarget = z.strictObject({ version: VersionNumber });
export const AliasView = z.object({ model: Name, alias: Name, version: z.string() }).meta({ id: 'Alias' });

export const HistoryQuery = Paging.extend({ at: Time.optional().describe('Where the aliases pointed then, instead of how they moved') });

const HistoryEntry = z.object({
  type: z.enum(['alias-assigned', 'alias-removed']),
  at: Time,
  by: z.string(),
  alias: Name,
  version: z.string().describe('Where the alias points from then on; of a removal, where it had pointed'),
});
export const History = z.union([listOf(HistoryEntry), z.object({ at: Time, aliases: z.record(Name, z.string()) })]);

export const EndpointTarget = z
  .strictObject({ model: Name, version: VersionNumber.optional(), alias: Name.optional() })
  .refine(({ version, alias }) => (version === undefined) !== (alias === undefined), 'exactly one of "version" and "alias" is needed');

export const EndpointView = z
  .object({
    name: Name,
    model: Name,
    version: z.string().describe('The version that was asked for'),
    alias: z.string().nullable().describe('The alias that the endpoint follows'),
    state: z.enum(['deploying', 'ready', 'failed']),
    reason: z.string().optional().describe('Why the version that was asked for does not serve'),
    servingModel: z.string().nullable(),
    servingVersion: z.string().nullable().describe('The version that answers requests'),
    createdAt: Time,
    updatedAt: Time,
  })
  .meta({ id: 'Endpoint' });
