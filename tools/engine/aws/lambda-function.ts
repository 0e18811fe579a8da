import {
  CreateFunctionCommand,
  type CreateFunctionRequest,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  type FunctionConfiguration,
  GetFunctionConfigurationCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { Archive, zipOf } from './archive.ts';
import { type Account, type Clients, found } from './clients.ts';
import { drift } from './drift.ts';
import { inApiNames } from './shape.ts';

const Inputs = z.object({
  name: z.string(),
  role: z.string(),
  code: Archive.optional(),
  s3Bucket: z.string().optional(),
  s3Key: z.string().optional(),
  sourceCodeHash: z.string().optional(),
  handler: z.string(),
  runtime: z.string(),
  architectures: z.array(z.string()).optional(),
  memorySize: z.number().optional(),
  timeout: z.number().optional(),
  description: z.string().optional(),
  environment: z.object({ variables: z.record(z.string(), z.string()).default({}) }).optional(),
  publish: z.boolean().optional(),
  reservedConcurrentExecutions: z.number().optional(),
  ephemeralStorage: z.object({ size: z.number().optional() }).optional(),
  loggingConfig: z.record(z.string(), z.string()).optional(),
  tracingConfig: z.object({ mode: z.string() }).optional(),
});
type Inputs = z.output<typeof Inputs>;

/** What API Gateway is given as the URI of an integration. */
export const invokeArnOf = (arn: string, region: string): string =>
  `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;

const configurationOf = (inputs: Inputs) => ({
  FunctionName: inputs.name,
  Role: inputs.role,
  Handler: inputs.handler,
  Runtime: inputs.runtime as CreateFunctionRequest['Runtime'],
  MemorySize: inputs.memorySize,
  Timeout: inputs.timeout,
  Description: inputs.description,
  Environment: { Variables: inputs.environment?.variables ?? {} },
  EphemeralStorage: inApiNames(inputs.ephemeralStorage) as { Size: number },
  LoggingConfig: inApiNames(inputs.loggingConfig) as object,
  TracingConfig: inApiNames(inputs.tracingConfig) as object,
});

const codeOf = ({ code, s3Bucket, s3Key }: Inputs, folder: string) =>
  code === undefined ? { S3Bucket: s3Bucket, S3Key: s3Key } : { ZipFile: zipOf(code, folder) };
/** What tells one code from another; where it lies is not of interest. */
const codeOrigin = ({ code, s3Bucket, s3Key, sourceCodeHash, architectures }: Inputs): string =>
  JSON.stringify([sourceCodeHash ?? code?.hash ?? [s3Bucket, s3Key], architectures]);

const without = <T extends object>(inputs: T, names: readonly (keyof T)[]): string =>
  JSON.stringify({ ...inputs, ...Object.fromEntries(names.map((name) => [name, null])) });
const notConfiguration = [
  'code',
  's3Bucket',
  's3Key',
  'sourceCodeHash',
  'publish',
  'reservedConcurrentExecutions',
  'architectures',
] as const;

export const lambdaFunction = ({ lambda }: Clients, { region }: Account) => {
  const describe = (name: string): Promise<FunctionConfiguration | undefined> =>
    found(lambda.send(new GetFunctionConfigurationCommand({ FunctionName: name })));

  const latestVersion = async (name: string): Promise<string> => {
    const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName: name }));
    return Versions.at(-1)?.Version ?? '$LATEST';
  };

  const computedOf = (said: FunctionConfiguration | undefined, version: string) => {
    const arn = said?.FunctionArn ?? '';
    const qualified = `${arn}:${version}`;
    return {
      arn,
      invokeArn: invokeArnOf(arn, region),
      version,
      qualifiedArn: qualified,
      qualifiedInvokeArn: invokeArnOf(qualified, region),
      codeSha256: said?.CodeSha256 ?? '',
      lastModified: said?.LastModified ?? '',
    };
  };

  const reserve = (FunctionName: string, amount: number | undefined) =>
    amount === undefined || amount < 0
      ? lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }))
      : lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: amount }));

  return kind({
    type: 'aws:lambda/function:Function',
    inputs: Inputs,
    naming: { property: 'name', longest: 64 },
    replacedBy: ['name', 'packageType', 'region'],
    computes: ['arn', 'invokeArn', 'version', 'qualifiedArn', 'qualifiedInvokeArn', 'codeSha256', 'lastModified'],
    recomputes: ['version', 'qualifiedArn', 'qualifiedInvokeArn', 'codeSha256', 'lastModified'],
    create: async (inputs, { folder }) => {
      const made = await lambda.send(
        new CreateFunctionCommand({
          ...configurationOf(inputs),
          Architectures: inputs.architectures as ['x86_64'],
          Code: codeOf(inputs, folder),
          Publish: inputs.publish ?? false,
        }),
      );
      if (inputs.reservedConcurrentExecutions !== undefined) await reserve(inputs.name, inputs.reservedConcurrentExecutions);
      return { id: inputs.name, computed: computedOf(await describe(inputs.name), made.Version ?? '$LATEST') };
    },
    read: async (id, state) => {
      const said = await describe(id);
      if (said === undefined) return undefined;
      const settings = { memorySize: said.MemorySize, timeout: said.Timeout, handler: said.Handler, role: said.Role };
      return { inputs: drift(state, settings), computed: computedOf(said, await latestVersion(id)) };
    },
    update: async (id, inputs, state, { folder }) => {
      if (without(inputs, notConfiguration) !== without(Inputs.parse(state), notConfiguration))
        await lambda.send(new UpdateFunctionConfigurationCommand(configurationOf(inputs)));
      if (codeOrigin(inputs) !== codeOrigin(state))
        await lambda.send(
          new UpdateFunctionCodeCommand({
            FunctionName: id,
            ...codeOf(inputs, folder),
            Architectures: inputs.architectures as ['x86_64'],
          }),
        );
      if (inputs.reservedConcurrentExecutions !== state.reservedConcurrentExecutions)
        await reserve(id, inputs.reservedConcurrentExecutions);
      const published = inputs.publish ? await lambda.send(new PublishVersionCommand({ FunctionName: id })) : undefined;
      return computedOf(await describe(id), published?.Version ?? '$LATEST');
    },
    remove: async (id) => {
      await found(lambda.send(new DeleteFunctionCommand({ FunctionName: id })));
    },
  });
};
