/** One permission that a call needed, and whether some role gave it. */
export type Decision = { readonly account: string; readonly permission: string; readonly resource: string; readonly isAllowed: boolean };

/** A role on one resource for one member: `topic:projects/p/topics/t`, `roles/pubsub.publisher`, `serviceAccount:<e-mail>`. */
export type Binding = { readonly resource: string; readonly role: string; readonly member: string };

/** Who may do what in a project. Unlike any emulator it decides, and it keeps what it decided. */
export type Access = {
  bind(id: string, binding: Binding): void;
  unbind(id: string): void;
  has(id: string): boolean;
  define(role: string, permissions: readonly string[]): void;
  undefine(role: string): void;
  defined(role: string): readonly string[] | undefined;
  isPublic(resource: string): boolean;
  decide(account: string, permission: string, resource: string): boolean;
  bindings(): readonly Binding[];
  decisions(): readonly Decision[];
};

/**
 * What Google's own roles hold of what functions and Google's services may ask for (https://cloud.google.com/iam/docs/roles-permissions): permissions of consoles and of
 * services that the platform does not use are left out.
 */
const predefined: { readonly [role: string]: readonly string[] } = {
  'roles/cloudkms.cryptoKeyEncrypterDecrypter': ['cloudkms.cryptoKeyVersions.useToDecrypt', 'cloudkms.cryptoKeyVersions.useToEncrypt'],
  'roles/cloudtasks.enqueuer': ['cloudtasks.tasks.create'],
  'roles/iam.serviceAccountUser': ['iam.serviceAccounts.actAs'],
  'roles/pubsub.publisher': ['pubsub.topics.publish'],
  'roles/pubsub.subscriber': ['pubsub.subscriptions.consume'],
  'roles/run.invoker': ['run.routes.invoke'],
  'roles/secretmanager.secretAccessor': ['secretmanager.versions.access'],
  'roles/secretmanager.secretVersionAdder': ['secretmanager.versions.add'],
  'roles/storage.objectViewer': ['storage.objects.get', 'storage.objects.list'],
};

export const makeAccess = (): Access => {
  const bindings = new Map<string, Binding>();
  const custom = new Map<string, readonly string[]>();
  const decisions = new Map<string, Decision>();
  const permissionsOf = (role: string): readonly string[] => custom.get(role) ?? predefined[role] ?? [];
  const allows = ({ member, resource, role }: Binding, who: string, permission: string, on: string): boolean =>
    member === who && (resource === on || resource === 'project') && permissionsOf(role).includes(permission);
  return {
    bind: (id, binding) => void bindings.set(id, binding),
    unbind: (id) => void bindings.delete(id),
    has: (id) => bindings.has(id),
    define: (role, permissions) => void custom.set(role, permissions),
    undefine: (role) => void custom.delete(role),
    defined: (role) => custom.get(role),
    isPublic: (resource) => [...bindings.values()].some((one) => one.member === 'allUsers' && one.resource === resource),
    decide(account, permission, resource) {
      const who = `serviceAccount:${account}`;
      const isAllowed = [...bindings.values()].some((one) => allows(one, who, permission, resource));
      const decision = { account, permission, resource, isAllowed };
      decisions.set(JSON.stringify(decision), decision);
      return isAllowed;
    },
    bindings: () => [...bindings.values()],
    decisions: () => [...decisions.values()],
  };
};

/** What a role may do, as far as functions are asked about it. */
export const permissionsOf = (access: Access, role: string): readonly string[] => access.defined(role) ?? predefined[role] ?? [];
