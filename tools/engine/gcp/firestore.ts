import { randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { kind } from '../provider/kind.ts';
import { agentOf } from './project.ts';
import type { World } from './world.ts';

const DatabaseInputs = z.object({
  name: z.string(),
  locationId: z.string(),
  type: z.string(),
  deletionPolicy: z.string().default('ABANDON'),
  cmekConfig: z.object({ kmsKeyName: z.string() }).optional(),
});

/** The emulator has any database that is named, and keeps nothing of one but its documents. */
export const database = ({ project, databases, firestore, keys }: World) => {
  const idOf = (name: string) => `projects/${project.id}/databases/${name}`;
  return kind({
    type: 'gcp:firestore/database:Database',
    inputs: DatabaseInputs,
    naming: { property: 'name', longest: 63 },
    replacedBy: ['name', 'locationId', 'project', 'cmekConfig'],
    computes: ['uid'],
    create: async ({ name, locationId, cmekConfig }) => {
      if (cmekConfig !== undefined) keys.use(cmekConfig.kmsKeyName, agentOf(project, 'gcp-sa-firestore'), locationId);
      if (databases.has(name)) throw new Error(`Error creating Database: 409: Database already exists: ${name}`);
      databases.add(name);
      return { id: idOf(name), computed: { uid: name } };
    },
    read: async (_id, { name }) => (databases.has(name) ? { computed: { uid: name } } : undefined),
    remove: async (id, { name, deletionPolicy }) => {
      if (deletionPolicy !== 'DELETE') return;
      databases.delete(name);
      await firestore('DELETE', `/emulator/v1/${id}/documents`);
    },
  });
};

const Fields = z.string().transform((text) => JSON.parse(text) as { readonly [field: string]: unknown });
const DocumentInputs = z.object({ database: z.string(), collection: z.string(), documentId: z.string(), fields: Fields });
type Said = { readonly name: string; readonly fields?: object; readonly createTime: string; readonly updateTime: string };

export const document = ({ project, firestore }: World) => {
  const computedOf = (path: string, said: Said | undefined) => ({
    name: path,
    path,
    createTime: said?.createTime ?? '',
    updateTime: said?.updateTime ?? '',
  });
  const put = (path: string, fields: object, condition: string) =>
    firestore<Said>('PATCH', `/v1/${encodeURI(path)}${condition}`, { fields });
  return kind({
    type: 'gcp:firestore/document:Document',
    inputs: DocumentInputs,
    replacedBy: ['database', 'collection', 'documentId', 'project'],
    computes: ['name', 'path', 'createTime', 'updateTime'],
    recomputes: ['updateTime'],
    create: async ({ database: named, collection, documentId, fields }) => {
      const path = `projects/${project.id}/databases/${named}/documents/${collection}/${documentId}`;
      const said = await put(path, fields, '?currentDocument.exists=false');
      return { id: path, computed: computedOf(path, said) };
    },
    read: async (id, { fields }) => {
      const said = await firestore<Said>('GET', `/v1/${encodeURI(id)}`);
      if (said === undefined) return undefined;
      const differs = !isDeepStrictEqual(said.fields, fields);
      return { inputs: differs ? { fields: JSON.stringify(said.fields) } : {}, computed: computedOf(id, said) };
    },
    update: async (id, { fields }) => computedOf(id, await put(id, fields, '')),
    remove: async (id) => {
      await firestore('DELETE', `/v1/${encodeURI(id)}`);
    },
  });
};

const IndexInputs = z.object({
  database: z.string(),
  collection: z.string(),
  fields: z.array(z.object({ fieldPath: z.string(), order: z.string().optional() })),
});

export const index = ({ project, indexes }: World) =>
  kind({
    type: 'gcp:firestore/index:Index',
    inputs: IndexInputs,
    replacedBy: ['database', 'collection', 'fields', 'project', 'queryScope', 'apiScope'],
    computes: ['name'],
    create: async (inputs) => {
      const { database: within, collection } = inputs;
      const id = `projects/${project.id}/databases/${within}/collectionGroups/${collection}/indexes/${randomBytes(6).toString('hex')}`;
      indexes.declare(id, inputs);
      return { id, computed: { name: id } };
    },
    read: async (id) => (indexes.has(id) ? { computed: { name: id } } : undefined),
    remove: async (id) => indexes.forget(id),
  });

const FieldInputs = z.object({
  database: z.string(),
  collection: z.string(),
  field: z.string(),
  indexConfig: z.object({ indexes: z.array(z.object({ order: z.string() })).default([]) }).optional(),
});
type FieldInputs = z.output<typeof FieldInputs>;

/** A field is always there; what is made and goes are its settings. That an item expires nobody sees here. */
export const field = ({ project, indexes }: World) => {
  const set = (id: string, { indexConfig, ...within }: FieldInputs): void => {
    const orders = indexConfig?.indexes.map(({ order }) => order) ?? ['ASCENDING', 'DESCENDING'];
    indexes.set(id, { ...within, orders });
  };
  return kind({
    type: 'gcp:firestore/field:Field',
    inputs: FieldInputs,
    replacedBy: ['database', 'collection', 'field', 'project'],
    computes: ['name'],
    create: async (inputs) => {
      const id = `projects/${project.id}/databases/${inputs.database}/collectionGroups/${inputs.collection}/fields/${inputs.field}`;
      set(id, inputs);
      return { id, computed: { name: id } };
    },
    read: async (id) => (indexes.has(id) ? { computed: { name: id } } : undefined),
    update: async (id, inputs) => void set(id, inputs),
    remove: async (id) => indexes.forget(id),
  });
};
