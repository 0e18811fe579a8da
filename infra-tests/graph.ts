import { runtime } from '@pulumi/pulumi';
import { MockMonitor, setMocks } from '@pulumi/pulumi/runtime/mocks.js';
import * as engine from '@pulumi/pulumi/runtime/settings.js';
import { contexts as everyContext } from '../functions/contexts.ts';
import type { ContextDeclaration } from '../functions/kernel/context.ts';
import type { Topology } from '../functions/kernel/units.ts';
import type { BuildUnits } from '../stacks/bundle.ts';
import { deploy } from '../stacks/deploy.ts';
import { type Account, accountFor } from './clouds.ts';

/** A resource as the program registers it, with the outputs that an account would give back. */
export type GraphResource = {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly parent: string;
  /** URNs of what has to be made before, whether it is named or used. */
  readonly dependencies: readonly string[];
  /** Whether a provider makes it; a component only holds others together. */
  readonly custom: boolean;
  /** The URN and the id of its provider. */
  readonly provider: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  /** The names of what is called once it has been made. */
  readonly beforeCreate: readonly string[];
  readonly afterCreate: readonly string[];
  readonly inputs: { readonly [property: string]: unknown };
  readonly outputs: { readonly [property: string]: unknown };
};
export type Graph = readonly GraphResource[];

export type GraphOptions = {
  readonly topology?: Topology;
  readonly contexts?: readonly ContextDeclaration[];
  /** More configuration, as `pulumi config set` would put it: `platform:rollout`. */
  readonly config?: { readonly [key: string]: string };
  /** Of the stack's cloud: `Transforms` of `stacks/<cloud>/transforms.ts`. */
  readonly transforms?: object;
  /** How large a function's zip is. */
  readonly zipBytes?: (unit: string) => number;
};

/** All that a stack would register, without a cloud and without an engine. One graph at a time: the runtime keeps one monitor. */
export const graphOf = async (
  stack: string,
  { topology = 'context', contexts = everyContext, config = {}, transforms = {}, zipBytes = () => 22 }: GraphOptions = {},
): Promise<Graph> => {
  const account = accountFor(stack);
  const mocks = mocksOf(account);
  const monitor = new RecordingMonitor(mocks);
  await setMocks(mocks, 'hybrid-ai-platform', stack);
  engine.setMockOptions(monitor, 'hybrid-ai-platform', stack);
  const all = { ...account.place, 'platform:topology': topology, ...account.told[stack], ...config };
  const failures: unknown[] = [];
  await runtime.runInPulumiStack(async () => {
    try {
      return (await deploy({ stack, config: all }, contexts, emptyBundles(account, zipBytes), async () => transforms)).outputs;
    } catch (error) {
      // The runtime would tell of it twice, the second time to nobody.
      failures.push(error);
      return {};
    }
  });
  await registered();
  if (failures.length > 0) throw failures[0];
  return monitor.recorded();
};

/** Resolves when everything that was declared has been registered; the runtime has that, and keeps it out of its types. */
const registered = (engine as unknown as { readonly waitForRPCs: () => Promise<void> }).waitForRPCs;

const mocksOf = ({ outputsOf, answerTo }: Account) => ({
  newResource: ({ type, name, inputs }: { readonly type: string; readonly name: string; readonly inputs: Values }) =>
    outputsOf(type, name, inputs) as { id: string; state: Record<string, unknown> },
  call: ({ token }: { readonly token: string }) => answerTo(token) as Record<string, unknown>,
});

type Values = { readonly [property: string]: unknown };
/** What of a registration is read here. */
type Registration = {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): readonly string[];
  getCustom(): boolean;
  getProvider(): string;
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getHooks(): { getBeforeCreateList(): readonly string[]; getAfterCreateList(): readonly string[] } | undefined;
  getObject(): Struct | undefined;
};
type Registered = { getUrn(): string; getObject(): Struct | undefined };
type Callback = (error: unknown, response: Registered | undefined) => void;

/** Keeps what mocks are not told: parents, protection, and which provider makes a resource. */
class RecordingMonitor extends MockMonitor {
  readonly #recorded: GraphResource[] = [];

  override registerResource(request: Registration, callback: Callback): Promise<void> {
    return super.registerResource(request, (error: unknown, response: Registered | undefined) => {
      if (response !== undefined) this.#recorded.push(recorded(request, response));
      callback(error, response);
    });
  }

  /** Hooks are called by an engine. */
  registerResourceHook(_request: unknown, callback: (error: null, response: undefined) => void): void {
    callback(null, undefined);
  }

  recorded(): Graph {
    return this.#recorded.sort((one, other) => (one.urn < other.urn ? -1 : 1));
  }
}

const recorded = (request: Registration, response: Registered): GraphResource => ({
  type: request.getType(),
  name: request.getName(),
  urn: response.getUrn(),
  parent: request.getParent(),
  dependencies: request.getDependenciesList(),
  custom: request.getCustom(),
  provider: request.getProvider(),
  protect: request.getProtect(),
  retainOnDelete: request.getRetainondelete(),
  beforeCreate: request.getHooks()?.getBeforeCreateList() ?? [],
  afterCreate: request.getHooks()?.getAfterCreateList() ?? [],
  inputs: valuesOf(request.getObject()),
  outputs: valuesOf(response.getObject()),
});

type Struct = Parameters<typeof runtime.deserializeProperties>[0];
const valuesOf = (struct: Struct | undefined): Values =>
  struct === undefined ? {} : (opened(runtime.deserializeProperties(struct)) as Values);

const marker = '4dabf18193072939515e22adb298388d';
const secretMark = '1b47061264138c4ac30d75fd1eb44270';

/** Values with their secrets in the open: a graph is drawn for tests. */
const opened = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(opened);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  const object = value as Values;
  if (object[marker] === secretMark) return opened(object.value);
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, opened(inner)]));
};

/** Zips that hold nothing: a graph says where code goes, not what it does. */
const emptyBundles =
  ({ bundleOf }: Account, zipBytes: (unit: string) => number): BuildUnits =>
  async (units) =>
    [...new Set(units.map(bundleOf))].map((name) => ({ name, zip: 'nowhere.zip', sha256: '00'.repeat(32), zipBytes: zipBytes(name) }));
