import * as z from 'zod';
import type { Kind } from '../provider/kind.ts';
import { type ProviderOptions, startProvider } from '../provider/provider.ts';
import type { EmulatedProvider, Records } from '../provider/records.ts';
import type { Properties } from '../provider/values.ts';
import { api, integration, route, stage } from './api-gateway.ts';
import { type Account, clientsOf } from './clients.ts';
import { table } from './dynamodb-table.ts';
import { tableItem } from './dynamodb-table-item.ts';
import { eventArchive } from './event-archive.ts';
import { eventBus } from './event-bus.ts';
import { eventRule } from './event-rule.ts';
import { eventTarget } from './event-target.ts';
import { role } from './iam-role.ts';
import { rolePolicy, rolePolicyAttachment } from './iam-role-policy.ts';
import { invokeOf } from './invoke.ts';
import { lambdaAlias } from './lambda-alias.ts';
import { eventInvokeConfig } from './lambda-event-invoke-config.ts';
import { eventSourceMapping } from './lambda-event-source-mapping.ts';
import { lambdaFunction } from './lambda-function.ts';
import { lambdaPermission } from './lambda-permission.ts';
import { logGroup } from './log-group.ts';
import { recorded } from './recorded.ts';
import { bucket } from './s3-bucket.ts';
import { bucketNotification } from './s3-bucket-notification.ts';
import { bucketSettings } from './s3-bucket-settings.ts';
import { bucketObject } from './s3-object.ts';
import { schedule } from './schedule.ts';
import { secret } from './secret.ts';
import { secretVersion } from './secret-version.ts';
import { queue } from './sqs-queue.ts';
import { queuePolicy } from './sqs-queue-policy.ts';

const kindsOf = (account: Account): Kind[] => {
  const clients = clientsOf(account);
  return [
    table(clients),
    tableItem(clients),
    queue(clients),
    queuePolicy(clients),
    eventBus(clients),
    eventRule(clients),
    eventTarget(clients),
    eventArchive(clients),
    bucket(clients, account),
    ...bucketSettings(clients),
    bucketNotification(clients),
    bucketObject(clients),
    secret(clients),
    secretVersion(clients),
    role(clients),
    rolePolicy(clients),
    rolePolicyAttachment(clients),
    lambdaFunction(clients, account),
    lambdaAlias(clients, account),
    lambdaPermission(clients),
    eventSourceMapping(clients),
    eventInvokeConfig(clients),
    api(clients, account),
    integration(clients),
    route(clients),
    stage(clients, account),
    schedule(clients),
    logGroup(account),
  ];
};

/** Lists come as JSON. */
const Settings = z.object({
  allowedAccountIds: z
    .union([z.array(z.string()), z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)))])
    .default([]),
});

/** In the words of the vendor's provider. */
const refuseOthers =
  ({ id }: Account) =>
  (settings: Properties): void => {
    const { allowedAccountIds } = Settings.parse(settings);
    if (allowedAccountIds.length > 0 && !allowedAccountIds.includes(id)) throw new Error(`AWS account ID not allowed: ${id}`);
  };

/** A provider of the `aws` package that makes on an emulator what it is asked for. */
export const startAwsProvider = async (account: Account, options: ProviderOptions): Promise<EmulatedProvider> => {
  const kinds = new Map(kindsOf(account).map((kind) => [kind.type, kind]));
  const records: Records = new Map();
  const kindOf = (type: string) => kinds.get(type) ?? recorded(type, records, account);
  const listening = await startProvider({
    version: '7.48.0',
    kindOf,
    invoke: invokeOf(account),
    configure: refuseOthers(account),
    ...options,
  });
  return { ...listening, records };
};
