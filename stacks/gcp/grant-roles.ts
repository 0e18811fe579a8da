import type { Verb } from '../../functions/kernel/context.ts';
import type { ResourceKind } from '../../functions/kernel/resources.ts';

/** Roles of the stack's own, where each of Google's may do more than a verb says. Firestore's own are all "view" or "edit everything". */
export const customRoles = {
  'table-get': ['datastore.entities.get'],
  'table-read': ['datastore.entities.get', 'datastore.entities.list'],
  // A condition on an item is one on its document as it was read.
  'table-append': ['datastore.entities.create', 'datastore.entities.delete', 'datastore.entities.get', 'datastore.entities.update'],
  'table-put': ['datastore.entities.create', 'datastore.entities.get', 'datastore.entities.update'],
  // Where changes are kept, what is deleted leaves a document that says so.
  'table-delete': ['datastore.entities.delete', 'datastore.entities.get', 'datastore.entities.update'],
  // Reads what changed, and writes down how far it came.
  'table-drain': ['datastore.entities.create', 'datastore.entities.get', 'datastore.entities.list', 'datastore.entities.update'],
  'objects-read': ['storage.objects.get', 'storage.objects.list'],
  // Overwriting an object is deleting what was there; parts of an upload are read, put together and deleted.
  'objects-put': ['storage.objects.create', 'storage.objects.delete', 'storage.objects.get', 'storage.objects.list'],
  'objects-delete': ['storage.objects.delete'],
  // A URL is worth what its signer may do.
  signer: ['iam.serviceAccounts.signBlob'],
} as const;
export type CustomRole = keyof typeof customRoles;
export type RoleName = CustomRole | `roles/${string}`;

/** Where a verb's role is granted: on the resource, on the function's own account, or also on the topics that dead letters go back to. */
export type Granted = { readonly role: RoleName; readonly on: 'resource' | 'self' | 'sources' | 'tasks' };

const on = (role: RoleName, where: Granted['on'] = 'resource'): Granted => ({ role, on: where });

const table: Partial<Record<Verb, readonly Granted[]>> = {
  get: [on('table-get')],
  read: [on('table-read')],
  scan: [on('table-read')],
  append: [on('table-append')],
  put: [on('table-put')],
  delete: [on('table-delete')],
  acknowledge: [on('table-drain')],
  // Asks the function that folds the changes, which lets whoever settles call it.
  settle: [],
};

/** What a verb means to Google Cloud, for each kind of resource. A verb that is not here cannot be granted. */
const allowed: Partial<Record<ResourceKind, Partial<Record<Verb, readonly Granted[]>>>> = {
  table,
  objects: {
    read: [on('objects-read')],
    put: [on('objects-put')],
    delete: [on('objects-delete')],
    presign: [on('objects-put'), on('signer', 'self')],
  },
  queue: { send: [on('roles/pubsub.publisher'), on('roles/cloudtasks.enqueuer', 'tasks')] },
  bus: { publish: [on('roles/pubsub.publisher')] },
  secret: { read: [on('roles/secretmanager.secretAccessor')], put: [on('roles/secretmanager.secretVersionAdder')] },
  'dead-letters': {
    read: table.read ?? [],
    put: table.put ?? [],
    redrive: [on('table-append'), on('roles/pubsub.publisher', 'sources')],
  },
};

/** Whether a role of the stack's own may do nothing that another one may not do as well. */
export const isWithin = (role: RoleName, wider: RoleName): boolean => {
  const [permissions, others] = [permissionsOf(role), permissionsOf(wider)];
  return permissions.length > 0 && permissions.length < others.length && permissions.every((one) => others.includes(one));
};

const isCustom = (role: RoleName): role is CustomRole => role in customRoles;
const permissionsOf = (role: RoleName): readonly string[] => (isCustom(role) ? customRoles[role] : []);

export const grantedBy = (kind: ResourceKind, verb: Verb): readonly Granted[] | undefined => allowed[kind]?.[verb];
