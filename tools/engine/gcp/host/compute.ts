/** A resource of Compute Engine as it was asked for, and the paths of those that it refers to. */
export type Resource = { readonly kind: string; readonly inputs: unknown; readonly refersTo: readonly string[] };

/** The resources of load balancers, by their paths (`projects/p/global/urlMaps/name`). Nothing can refer to what is not there, and nothing that is referred to can go. */
export type Compute = {
  insert(path: string, resource: Resource): void;
  update(path: string, resource: Resource): void;
  remove(path: string): void;
  get(path: string): Resource | undefined;
  list(): readonly string[];
  all(kind: string): readonly (readonly [string, Resource])[];
};

export const makeCompute = (): Compute => {
  const resources = new Map<string, Resource>();
  const checked = (resource: Resource): Resource => {
    const missing = resource.refersTo.find((path) => !resources.has(path));
    if (missing !== undefined) throw new Error(`Error 404: The resource '${missing}' was not found, notFound`);
    return resource;
  };
  return {
    insert(path, resource) {
      if (resources.has(path)) throw new Error(`Error 409: The resource '${path}' already exists, alreadyExists`);
      resources.set(path, checked(resource));
    },
    update: (path, resource) => void resources.set(path, checked(resource)),
    remove(path) {
      const user = [...resources].find(([, { refersTo }]) => refersTo.includes(path))?.[0];
      if (user !== undefined) throw new Error(`Error 400: '${path}' is already being used by '${user}', resourceInUseByAnotherResource`);
      resources.delete(path);
    },
    get: (path) => resources.get(path),
    list: () => [...resources.keys()],
    all: (kind) => [...resources].filter(([, resource]) => resource.kind === kind),
  };
};
