import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { ServerWritableStream } from '@grpc/grpc-js';
import { LanguageRuntimeService } from '@pulumi/pulumi/proto/language_grpc_pb.js';
import type * as asked from '@pulumi/pulumi/proto/language_pb.js';
import answers from '@pulumi/pulumi/proto/language_pb.js';
import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { type Listening, listen, unary } from './grpc.ts';

/** The program has told the engine about its error already: nothing is left to say. */
const exitAfterShownError = 32;

type RunSettings = { readonly engine: string; readonly env: NodeJS.ProcessEnv };

const argumentsOf = (request: asked.RunRequest, engine: string): string[] => {
  const info = request.getInfo();
  const options = info?.getOptions()?.toJavaScript() ?? {};
  const nodeArguments = String(options.nodeargs ?? '')
    .split(/\s+/)
    .filter(Boolean);
  const require = createRequire(join(request.getPwd(), 'package.json'));
  const flags = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    stack: request.getStack(),
    'root-directory': info?.getRootDirectory() ?? request.getPwd(),
    pwd: info?.getProgramDirectory() ?? request.getPwd(),
    parallel: String(request.getParallel()),
  };
  return [
    ...nodeArguments,
    require.resolve('@pulumi/pulumi/cmd/run'),
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ...(request.getDryrun() ? ['--dry-run'] : []),
    info?.getEntryPoint() || '.',
    ...request.getArgsList(),
  ];
};

const environmentOf = (request: asked.RunRequest, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject(true) as [string, string][])),
  PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
});

/** Runs the program in a Node of its own. What it prints is told where it ends otherwise than it should; its own errors the engine shows. */
const run = (request: asked.RunRequest, { engine, env }: RunSettings): Promise<asked.RunResponse> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, argumentsOf(request, engine), {
      cwd: request.getPwd(),
      env: environmentOf(request, env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
    const end = (failure: string) => {
      const answer = new answers.RunResponse();
      if (failure !== '') answer.setError(failure);
      resolve(answer);
    };
    child.once('error', ({ message }) => end(message));
    child.once('close', (code) => {
      if (code !== exitAfterShownError) return end(code === 0 ? '' : `the program ended with ${code}:\n${said.slice(-10_000)}`);
      const answer = new answers.RunResponse();
      answer.setBail(true);
      resolve(answer);
    });
  });

/** What the engine asks of a language, for Node: it runs the program and leaves packages to npm. Attach it by `PULUMI_DEBUG_LANGUAGES=nodejs:<port>`. */
export const startLanguageHost = (env: NodeJS.ProcessEnv = process.env): Promise<Listening> => {
  let engine = '';
  return listen(LanguageRuntimeService, {
    handshake: unary((request: asked.LanguageHandshakeRequest) => {
      engine = request.getEngineAddress();
      return new answers.LanguageHandshakeResponse();
    }),
    getPluginInfo: unary(() => {
      const answer = new plugin.PluginInfo();
      answer.setVersion('3.248.0');
      return answer;
    }),
    getRequiredPackages: unary(() => new answers.GetRequiredPackagesResponse()),
    getRequiredPlugins: unary(() => new answers.GetRequiredPluginsResponse()),
    installDependencies: (call: ServerWritableStream<unknown, unknown>) => call.end(),
    run: unary((request: asked.RunRequest) => run(request, { engine, env })),
    cancel: unary(() => new empty.Empty()),
  });
};
