import { GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { ListArchivesCommand, ListEventBusesCommand, ListRulesCommand } from '@aws-sdk/client-eventbridge';
import { ListRolesCommand } from '@aws-sdk/client-iam';
import { ListEventSourceMappingsCommand, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { ListBucketsCommand } from '@aws-sdk/client-s3';
import { ListSchedulesCommand } from '@aws-sdk/client-scheduler';
import { ListSecretsCommand } from '@aws-sdk/client-secrets-manager';
import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import { type Account, type Clients, clientsOf } from '../../tools/engine/aws/clients.ts';
import { logGroupNames } from '../../tools/engine/aws/log-group.ts';

const isPresent = (name: string | undefined): name is string => name !== undefined && name !== 'default';

const inventories: { readonly [kind: string]: (clients: Clients) => Promise<readonly (string | undefined)[]> } = {
  table: async ({ dynamodb }) => (await dynamodb.send(new ListTablesCommand({}))).TableNames ?? [],
  queue: async ({ sqs }) => (await sqs.send(new ListQueuesCommand({}))).QueueUrls ?? [],
  bus: async ({ events }) => (await events.send(new ListEventBusesCommand({}))).EventBuses?.map(({ Name }) => Name) ?? [],
  rule: async ({ events }) => (await events.send(new ListRulesCommand({}))).Rules?.map(({ Name }) => Name) ?? [],
  archive: async ({ events }) => (await events.send(new ListArchivesCommand({}))).Archives?.map(({ ArchiveName }) => ArchiveName) ?? [],
  bucket: async ({ s3 }) => (await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name) ?? [],
  secret: async ({ secrets }) =>
    (await secrets.send(new ListSecretsCommand({ IncludePlannedDeletion: false }))).SecretList?.map(({ Name }) => Name) ?? [],
  role: async ({ iam }) => (await iam.send(new ListRolesCommand({}))).Roles?.map(({ RoleName }) => RoleName) ?? [],
  function: async ({ lambda }) =>
    (await lambda.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionName }) => FunctionName) ?? [],
  mapping: async ({ lambda }) =>
    (await lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings?.map(({ UUID }) => UUID) ?? [],
  api: async ({ apiGateway }) => (await apiGateway.send(new GetApisCommand({}))).Items?.map(({ ApiId }) => ApiId) ?? [],
  schedule: async ({ scheduler }) => (await scheduler.send(new ListSchedulesCommand({}))).Schedules?.map(({ Name }) => Name) ?? [],
};

/** What is there on the emulator, as `kind name`: nothing, before a stack is made and once it is destroyed. */
export const inventory = async (account: Account): Promise<string[]> => {
  const clients = clientsOf(account);
  const kinds = Object.entries(inventories).map(async ([kind, list]) =>
    (await list(clients)).filter(isPresent).map((name) => `${kind} ${name}`),
  );
  const logs = (await logGroupNames(account)).map((name) => `log ${name}`);
  return [...(await Promise.all(kinds)).flat(), ...logs];
};
