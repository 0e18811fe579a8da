import plugin from '@pulumi/pulumi/proto/plugin_pb.js';
import { ResourceProviderService } from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import type * as asked from '@pulumi/pulumi/proto/provider_pb.js';
import answers from '@pulumi/pulumi/proto/provider_pb.js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import { type Listening, listen, unary } from '../grpc.ts';
import { differenceOf } from './difference.ts';
import type { Kind } from './kind.ts';
import { named } from './naming.ts';
import { create, read, remove, update } from './operations.ts';
import { fromStruct, type Properties, plainProperties, toStruct } from './values.ts';

/** What happens on the way, for tests that count, delay or break it; throwing in `creating` is a failed create. */
export type Watch = {
  readonly creating?: (urn: string, type: string) => Promise<void> | void;
  readonly cancelled?: () => void;
};

/** What a test says of any provider. */
export type ProviderOptions = Pick<ProviderParts, 'folder' | 'watch'>;

export type ProviderParts = {
  readonly version: string;
  readonly kindOf: (type: string) => Kind;
  /** The program's folder: the engine tells it to the plug-ins that it starts, and not to those that are attached. */
  readonly folder: () => string;
  readonly invoke: (token: string, args: Properties) => Promise<object>;
  /** Throws where the provider cannot work as it is configured. */
  readonly configure?: (settings: Properties) => void;
  readonly watch?: Watch;
};

const typeOf = (urn: string): string => urn.split('::')[2]?.split('$').at(-1) ?? '';

const configured = () => {
  const answer = new answers.ConfigureResponse();
  answer.setAcceptsecrets(true);
  answer.setAcceptresources(true);
  answer.setAcceptoutputs(true);
  // Without it a preview asks nothing of the provider, and every output of a new resource is unknown.
  answer.setSupportspreview(true);
  return answer;
};

const shaken = () => {
  const answer = new answers.ProviderHandshakeResponse();
  answer.setAcceptSecrets(true);
  answer.setAcceptResources(true);
  answer.setAcceptOutputs(true);
  return answer;
};

const checked = (kind: Kind, request: asked.CheckRequest) => {
  const given = request.getUrn().split('::').at(-1) ?? '';
  const answer = new answers.CheckResponse();
  const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  answer.setInputs(toStruct(named(kind.naming, { given, seed: request.getRandomseed_asU8(), olds, news })));
  return answer;
};

const compared = (kind: Kind, request: asked.DiffRequest) => {
  const found = differenceOf(
    kind,
    fromStruct(request.getOldInputs() ?? request.getOlds()),
    fromStruct(request.getNews()),
    request.getIgnorechangesList(),
  );
  const answer = new answers.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = answers.DiffResponse.DiffChanges;
  answer.setChanges(found.changes.size === 0 ? DIFF_NONE : DIFF_SOME);
  answer.setDiffsList([...found.changes.keys()]);
  answer.setHasdetaileddiff(true);
  for (const [name, change] of found.changes) {
    const detail = new answers.PropertyDiff();
    detail.setKind(answers.PropertyDiff.Kind[found.replaces.includes(name) ? (`${change}_REPLACE` as const) : change]);
    detail.setInputdiff(true);
    answer.getDetaileddiffMap().set(name, detail);
  }
  answer.setReplacesList([...found.replaces]);
  answer.setDeletebeforereplace(found.removeFirst);
  return answer;
};

export const startProvider = ({ version, kindOf, folder, invoke, configure = () => {}, watch = {} }: ProviderParts): Promise<Listening> => {
  const info = () => {
    const answer = new plugin.PluginInfo();
    answer.setVersion(version);
    return answer;
  };
  const scene = (request: { getUrn(): string }) => ({ urn: request.getUrn(), folder: folder() });
  const kind = (request: { getUrn(): string }) => kindOf(typeOf(request.getUrn()));
  const nothing = () => new empty.Empty();
  const same = (request: asked.CheckRequest) => {
    const answer = new answers.CheckResponse();
    answer.setInputs(request.getNews());
    return answer;
  };
  return listen(ResourceProviderService, {
    handshake: unary(shaken),
    attach: unary(nothing),
    getPluginInfo: unary(info),
    getSchema: unary(() => {
      const answer = new answers.GetSchemaResponse();
      answer.setSchema('{}');
      return answer;
    }),
    checkConfig: unary(same),
    diffConfig: unary(() => new answers.DiffResponse()),
    configure: unary((request: asked.ConfigureRequest) => {
      configure(plainProperties(fromStruct(request.getArgs())));
      return configured();
    }),
    invoke: unary(async (request: asked.InvokeRequest) => {
      const answer = new answers.InvokeResponse();
      answer.setReturn(toStruct(await invoke(request.getTok(), plainProperties(fromStruct(request.getArgs())))));
      return answer;
    }),
    check: unary((request: asked.CheckRequest) => checked(kind(request), request)),
    diff: unary((request: asked.DiffRequest) => compared(kind(request), request)),
    create: unary(async (request: asked.CreateRequest) => {
      if (!request.getPreview()) await watch.creating?.(request.getUrn(), typeOf(request.getUrn()));
      return create(kind(request), request, scene(request));
    }),
    read: unary((request: asked.ReadRequest) => read(kind(request), request, scene(request))),
    update: unary((request: asked.UpdateRequest) => update(kind(request), request, scene(request))),
    delete: unary(async (request: asked.DeleteRequest) => {
      await remove(kind(request), request, scene(request));
      return nothing();
    }),
    cancel: unary(() => {
      watch.cancelled?.();
      return nothing();
    }),
  });
};
