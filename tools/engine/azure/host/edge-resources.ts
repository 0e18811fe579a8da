/** A resource of Front Door or of DNS as it was asked for, and the ids of those that it refers to. */
export type EdgeResource = { readonly type: string; readonly inputs: unknown; readonly refersTo: readonly string[] };

/**
 * What requests from outside pass, by ids; case does not count in them. Nothing refers to what is not there, and nothing goes that is referred to, whether
 * by a property or as the parent.
 */
export type EdgeResources = {
  put(id: string, resource: EdgeResource): void;
  remove(id: string): void;
  get(id: string): EdgeResource | undefined;
  all(type: string): readonly (readonly [id: string, inputs: unknown])[];
  ids(): readonly string[];
};

export const makeEdgeResources = (): EdgeResources => {
  const resources = new Map<string, EdgeResource>();
  const key = (id: string): string => id.toLowerCase();
  const isIn = (child: string, id: string): boolean => key(child).startsWith(`${key(id)}/`);
  return {
    put(id, resource) {
      const missing = resource.refersTo.find((one) => !resources.has(key(one)));
      if (missing !== undefined) throw new Error(`ResourceNotFound: ${id} refers to ${missing}, which is not there.`);
      resources.set(key(id), resource);
    },
    remove(id) {
      const user = [...resources].find(([other, { refersTo }]) => isIn(other, id) || refersTo.some((one) => key(one) === key(id)))?.[0];
      if (user !== undefined) throw new Error(`Conflict: ${id} is still used by ${user}.`);
      resources.delete(key(id));
    },
    get: (id) => resources.get(key(id)),
    all: (type) => [...resources].filter(([, resource]) => resource.type === type).map(([id, { inputs }]) => [id, inputs] as const),
    ids: () => [...resources.keys()],
  };
};
