import type { Json, JsonObject } from '../../domain/kernel/json.ts';

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand in HTML, also in an attribute's quotes. */
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => entities[character] as string);

/** A JSON Schema as a short type in HTML, escaped, with links to the schemas that have names: `{ name: string, roles: "viewer" | "editor"[] }`. */
export const typeText = (schema: JsonObject, indent = ''): string => {
  const { $ref, anyOf, oneOf, allOf, enum: values, type } = schema;
  if (typeof $ref === 'string') return reference($ref);
  if (values !== undefined) return union((values as readonly Json[]).map((value) => escaped(JSON.stringify(value))));
  if (schema.const !== undefined) return escaped(JSON.stringify(schema.const));
  if (Array.isArray(anyOf ?? oneOf)) return union(((anyOf ?? oneOf) as readonly JsonObject[]).map((one) => typeText(one, indent)));
  if (Array.isArray(allOf)) return (allOf as readonly JsonObject[]).map((one) => typeText(one, indent)).join(' &amp; ');
  if (Array.isArray(type)) return union(type.map((one) => typeText({ ...schema, type: one as string }, indent)));
  if (type === 'array') return `${grouped(typeText((schema.items ?? {}) as JsonObject, indent))}[]`;
  if (type === 'object') return objectText(schema, indent);
  return typeof type === 'string' ? scalar(type, schema) : 'any';
};

const reference = (ref: string): string => {
  const name = escaped(ref.split('/').at(-1) ?? '');
  return `<a href="#schema-${name}">${name}</a>`;
};

const union = (types: readonly string[]): string => [...new Set(types)].join(' | ');
const grouped = (type: string): string => (type.includes(' | ') && !type.startsWith('{') ? `(${type})` : type);
const scalar = (type: string, { format }: JsonObject): string => escaped(typeof format === 'string' ? `${type} (${format})` : type);

const objectText = ({ properties, required = [], additionalProperties }: JsonObject, indent: string): string => {
  const inner = `${indent}  `;
  const members = Object.entries((properties ?? {}) as { readonly [name: string]: JsonObject }).map(([name, member]) => {
    const optional = (required as readonly string[]).includes(name) ? '' : '?';
    const note = typeof member.description === 'string' ? `  // ${escaped(member.description)}` : '';
    return `${inner}${escaped(name)}${optional}: ${typeText(member, inner)}${note}\n`;
  });
  const others = typeof additionalProperties === 'object' && additionalProperties !== null;
  if (others) members.push(`${inner}[name]: ${typeText(additionalProperties as JsonObject, inner)}\n`);
  return members.length === 0 ? '{}' : `{\n${members.join('')}${indent}}`;
};
