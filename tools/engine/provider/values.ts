import type { Struct } from 'google-protobuf/google/protobuf/struct_pb.js';
import messages from 'google-protobuf/google/protobuf/struct_pb.js';

/** What a property may hold on the wire between the engine and a provider: JSON, in which some objects and strings mean something else. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Properties = { readonly [key: string]: Value };

/** The signatures by which special objects are told apart (pulumi: sdk/go/common/resource/sig). */
const signature = '4dabf18193072939515e22adb298388d';
const secretSignature = '1b47061264138c4ac30d75fd1eb44270';
const outputSignature = 'd0e6a833031e9bbcd3f4e8bde6ca49a4';
const archiveSignature = '0def7320c3a5731c473e5ecbe6d01bc7';
const assetSignature = 'c44067f5952c0a294b673a41bacd8c17';
const resourceSignature = '5cf8f73096256a8f31e491e813e4eb8e';
/** Stands for a value that is known only once something else exists. */
export const unknown = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

type Signed = { readonly [key: string]: Value };
const isObject = (value: Value | undefined): value is Signed => typeof value === 'object' && value !== null && !Array.isArray(value);
const signedAs = (value: Value, wanted: string): value is Signed => isObject(value) && value[signature] === wanted;

/** An archive or an asset: told from other objects by its signature, and the same as another when its hash is. */
export const isFile = (value: Value): value is Signed => signedAs(value, archiveSignature) || signedAs(value, assetSignature);

/** The value without what says that it is secret or whom it depends on, a resource as its id; unknown values stay. */
export const plain = (value: Value): Value => {
  if (signedAs(value, secretSignature)) return plain(value.value ?? null);
  if (signedAs(value, outputSignature)) return value.value === undefined ? unknown : plain(value.value);
  if (signedAs(value, resourceSignature)) return value.id || unknown;
  if (isFile(value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  return isObject(value) ? plainProperties(value) : value;
};
export const plainProperties = (properties: Properties): Properties =>
  Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, plain(value)]));

const holds = (found: (value: Value) => boolean, value: Value): boolean =>
  found(value) || (isObject(value) || Array.isArray(value) ? Object.values(value).some((part) => holds(found, part)) : false);
export const isSecret = (value: Value): boolean =>
  holds((part) => signedAs(part, secretSignature) || (signedAs(part, outputSignature) && part.secret === true), value);
export const isUnknown = (value: Value): boolean => holds((part) => part === unknown, value);

const secret = (value: Value): Value => (isSecret(value) ? value : { [signature]: secretSignature, value });

/** Marks as secret what `names` say: whatever came from a secret stays one. */
export const withSecrets = (properties: Properties, names: Iterable<string>): Properties => {
  const marked = new Set(names);
  return Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, marked.has(key) ? secret(value) : value]));
};
export const secretNames = (properties: Properties): string[] => Object.keys(properties).filter((key) => isSecret(properties[key] ?? null));

/** The message has no way to say `undefined`. */
const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

export const toStruct = (properties: object): Struct =>
  messages.Struct.fromJavaScript(withoutUndefined(properties) as Record<string, never>);
export const fromStruct = (struct: Struct | undefined): Properties => (struct?.toJavaScript() ?? {}) as Properties;
