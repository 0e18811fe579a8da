import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import * as rpc from '@pulumi/pulumi/proto/analyzer_grpc_pb.js';
import * as messages from '@pulumi/pulumi/proto/analyzer_pb.js';
import emptyMessages from 'google-protobuf/google/protobuf/empty_pb.js';
import structs from 'google-protobuf/google/protobuf/struct_pb.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphRules, resourceRules } from '../stacks/policies/rules.ts';
import { graphFor, policed } from './graphs.ts';

const folder = fileURLToPath(new URL('../stacks/policies', import.meta.url));
const runner = fileURLToPath(new URL('../node_modules/@pulumi/pulumi/cmd/run-policy-pack', import.meta.url));

type Subject = {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: object;
  readonly protect: boolean;
  readonly provider?: object | undefined;
};
type Struct = Parameters<messages.AnalyzeRequest['setProperties']>[0];

const struct = (value: object): Struct => structs.Struct.fromJavaScript(JSON.parse(JSON.stringify(value)));

const filled = <M extends messages.AnalyzeRequest | messages.AnalyzerResource>(
  message: M,
  { type, name, urn, props, protect, provider }: Subject,
): M => {
  message.setType(type);
  message.setName(name);
  message.setUrn(urn);
  message.setProperties(struct(props));
  const options = new messages.AnalyzerResourceOptions();
  options.setProtect(protect);
  options.setCustomtimeouts(new messages.AnalyzerResourceOptions.CustomTimeouts());
  message.setOptions(options);
  const made = new messages.AnalyzerProviderResource();
  made.setProperties(struct(provider ?? {}));
  message.setProvider(made);
  return message;
};

/** The pack as Pulumi starts it, asked as the engine asks. */
describe('the policy pack', () => {
  let child: ChildProcess;
  let client: rpc.AnalyzerClient;
  const said: string[] = [];

  beforeAll(async () => {
    child = spawn(process.execPath, [runner, '127.0.0.1:1', '.'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
    const port = await new Promise<string>((resolve, reject) => {
      child.once('exit', () => reject(new Error(`The policy pack ended: ${said.join('')}`)));
      if (child.stdout !== null) createInterface(child.stdout).once('line', resolve);
    });
    client = new rpc.AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });
  afterAll(() => {
    client?.close();
    child?.kill();
  });

  const asked = <Q, A>(
    method: (request: Q, callback: (error: grpc.ServiceError | null, answer: A) => void) => unknown,
    request: Q,
  ): Promise<A> =>
    new Promise((resolve, reject) => {
      method.call(client, request, (error, answer) => (error === null ? resolve(answer) : reject(error)));
    });
  const broken = (answer: messages.AnalyzeResponse): readonly string[] => answer.getDiagnosticsList().map((one) => one.getPolicyname());
  const analyze = async (subject: Subject) =>
    broken(await asked<messages.AnalyzeRequest, messages.AnalyzeResponse>(client.analyze, filled(new messages.AnalyzeRequest(), subject)));
  const analyzeStack = async (subjects: readonly Subject[]) => {
    const request = new messages.AnalyzeStackRequest();
    request.setResourcesList(subjects.map((subject) => filled(new messages.AnalyzerResource(), subject)));
    return broken(await asked<messages.AnalyzeStackRequest, messages.AnalyzeResponse>(client.analyzeStack, request));
  };

  it('has the rules that graphs are held to', async () => {
    const info = await asked<unknown, messages.AnalyzerInfo>(client.getAnalyzerInfo as never, new emptyMessages.Empty());
    const names = info.getPoliciesList().map((policy) => policy.getName());
    expect(names).toEqual([...resourceRules, ...graphRules].map(({ name }) => name));
  });

  it('lets a whole stack pass', async () => {
    const resources = policed(await graphFor('aws-prod'));
    expect(await analyzeStack(resources)).toEqual([]);
    for (const name of ['models-registry-table', 'models-http-grants', 'models-http-function', 'edge-distribution'])
      expect(await analyze(resources.find((resource) => resource.name === name) as Subject)).toEqual([]);
  });

  it('refuses a table that cannot be restored', async () => {
    const table = policed(await graphFor('aws-prod')).find(({ name }) => name === 'models-registry-table') as Subject;
    expect(await analyze({ ...table, protect: false, props: { ...table.props, pointInTimeRecovery: {} } })).toEqual([
      'table-can-be-restored',
      'data-is-protected',
    ]);
  });

  it('refuses a stack whose dead letters nobody takes', async () => {
    const resources = policed(await graphFor('aws-prod'));
    expect(await analyzeStack(resources.filter(({ name }) => name !== 'schedules-dead-letters-collection-mapping'))).toEqual([
      'dead-letter-is-watched',
    ]);
  });
});
