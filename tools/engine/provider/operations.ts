import type * as asked from '@pulumi/pulumi/proto/provider_pb.js';
import answers from '@pulumi/pulumi/proto/provider_pb.js';
import type { Computed, Kind, Scene } from './kind.ts';
import { chosen } from './naming.ts';
import { fromStruct, type Properties, plainProperties, secretNames, toStruct, unknown, type Value, withSecrets } from './values.ts';

const withoutChosen = ({ [chosen]: _, ...inputs }: Properties): Properties => inputs;

const unknowns = (names: readonly string[]): Properties => Object.fromEntries(names.map((name) => [name, unknown]));

/** Inputs and what the service computed, as one record. What came from a secret stays one. */
const outputsOf = (kind: Kind, inputs: Properties, computed: Computed): Properties =>
  withSecrets({ ...withoutChosen(plainProperties(inputs)), ...(computed as Properties) }, [...secretNames(inputs), ...kind.secrets]);

export const create = async (kind: Kind, request: asked.CreateRequest, scene: Scene): Promise<asked.CreateResponse> => {
  const inputs = fromStruct(request.getProperties());
  const answer = new answers.CreateResponse();
  if (request.getPreview()) {
    answer.setProperties(toStruct(outputsOf(kind, inputs, unknowns(kind.computes))));
    return answer;
  }
  const { id, computed } = await kind.create(withoutChosen(plainProperties(inputs)), scene);
  answer.setId(id);
  answer.setProperties(toStruct(outputsOf(kind, inputs, computed)));
  return answer;
};

const computedIn = (kind: Kind, state: Properties): Properties =>
  Object.fromEntries(kind.computes.flatMap((name) => (state[name] === undefined ? [] : [[name, state[name] as Value]])));

export const update = async (kind: Kind, request: asked.UpdateRequest, scene: Scene): Promise<asked.UpdateResponse> => {
  const inputs = fromStruct(request.getNews());
  const state = plainProperties(fromStruct(request.getOlds()));
  const known = computedIn(kind, state);
  const answer = new answers.UpdateResponse();
  const computed = request.getPreview()
    ? unknowns(kind.recomputes)
    : await kind.update(request.getId(), withoutChosen(plainProperties(inputs)), state, scene);
  answer.setProperties(toStruct(outputsOf(kind, inputs, { ...known, ...computed })));
  return answer;
};

/** What the service says otherwise than the program did becomes the inputs, so that the next update puts it right. */
export const read = async (kind: Kind, request: asked.ReadRequest, scene: Scene): Promise<asked.ReadResponse> => {
  const answer = new answers.ReadResponse();
  const inputs = fromStruct(request.getInputs());
  const state = fromStruct(request.getProperties());
  const found = await kind.read(request.getId(), plainProperties(state), scene);
  if (found === undefined) return answer;
  const seen = { ...inputs, ...(found.inputs as Properties | undefined) };
  const fresh = withSecrets(seen, secretNames(inputs));
  answer.setId(request.getId());
  answer.setInputs(toStruct(fresh));
  answer.setProperties(toStruct(outputsOf(kind, fresh, { ...computedIn(kind, plainProperties(state)), ...found.computed })));
  return answer;
};

export const remove = (kind: Kind, request: asked.DeleteRequest, scene: Scene): Promise<void> =>
  kind.remove(request.getId(), plainProperties(fromStruct(request.getProperties())), scene);
