import type { Access } from './access.ts';

const encrypts = 'cloudkms.cryptoKeyVersions.useToEncrypt';
const decrypts = 'cloudkms.cryptoKeyVersions.useToDecrypt';

/** Cloud KMS: rings and keys by their paths. Neither can be deleted, ever: of a key only what it encrypts with. */
export type Keys = {
  make(path: string): void;
  destroy(path: string): void;
  has(path: string): boolean;
  list(): readonly string[];
  /** Throws where a service of Google's could not encrypt with a key what lies in `location`. */
  use(path: string, agent: string, location: string): void;
};

export const makeKeys = (access: Access): Keys => {
  const all = new Map<string, { isDestroyed: boolean }>();
  return {
    make(path) {
      const parent = /^(.*)\/cryptoKeys\/[^/]+$/.exec(path)?.[1];
      if (parent !== undefined && !all.has(parent)) throw new Error(`Error 404: KeyRing ${parent} not found.`);
      if (all.has(path)) throw new Error(`Error 409: ${path} already exists.`);
      all.set(path, { isDestroyed: false });
    },
    destroy(path) {
      const key = all.get(path);
      if (key !== undefined) key.isDestroyed = true;
    },
    has: (path) => all.has(path),
    list: () => [...all.keys()],
    use(path, agent, location) {
      if (all.get(path)?.isDestroyed !== false) throw new Error(`Error 400: the key ${path} is not there, or not enabled.`);
      if (/\/locations\/([^/]+)\//.exec(path)?.[1] !== location) throw new Error(`Error 400: the key ${path} is not in ${location}.`);
      const may = [encrypts, decrypts].every((permission) => access.decide(agent, permission, `key:${path}`));
      if (!may) throw new Error(`Error 403: ${agent} may not use the key ${path}.`);
    },
  };
};
