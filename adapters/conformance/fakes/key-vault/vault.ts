import { randomUUID } from 'node:crypto';
import { beingDeleted, deleted, disabled, notFound } from './answers.ts';

export type SecretAttributes = { readonly enabled: boolean; readonly nbf?: number; readonly exp?: number };

/** A version of a secret. Times are seconds since 1970. */
export type SecretVersion = {
  readonly version: string;
  readonly value: string;
  readonly contentType?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly attributes: SecretAttributes & { readonly created: number; readonly updated: number };
};

export type Secret = {
  readonly name: string;
  /** Oldest first. */
  readonly versions: SecretVersion[];
  /** Since when it is deleted, in milliseconds. */
  deletedAt?: number;
};

export type NewVersion = Pick<SecretVersion, 'value' | 'contentType' | 'tags'> & { readonly attributes: SecretAttributes };

/** Secrets by name, of which case does not count. All throw `Refusal`. */
export type Vault = {
  set(name: string, version: NewVersion): { readonly secret: Secret; readonly version: SecretVersion };
  get(name: string, version?: string): { readonly secret: Secret; readonly version: SecretVersion };
  update(
    name: string,
    version: string,
    change: (old: SecretVersion) => SecretVersion,
  ): { readonly secret: Secret; readonly version: SecretVersion };
  remove(name: string): Secret;
  deletedSecret(name: string): Secret;
  recover(name: string): Secret;
  purge(name: string): void;
  /** With all its versions, disabled ones too. */
  secret(name: string): Secret;
  /** By name; the living or the deleted ones. */
  list(isDeleted: boolean): readonly Secret[];
};

/** `settleMillis` is how long a deletion takes to become visible as one. */
export const makeVault = (now: () => number, settleMillis: number): Vault => {
  const secrets = new Map<string, Secret>();
  const find = (name: string): Secret | undefined => secrets.get(name.toLowerCase());
  const living = (name: string): Secret => {
    const secret = find(name);
    return secret === undefined || secret.deletedAt !== undefined ? fail(notFound(name)) : secret;
  };
  const isSettled = ({ deletedAt }: Secret): boolean => deletedAt !== undefined && now() >= deletedAt + settleMillis;
  const dead = (name: string): Secret => {
    const secret = find(name);
    return secret !== undefined && isSettled(secret) ? secret : fail(notFound(name));
  };
  const versionOf = (secret: Secret, id: string | undefined): SecretVersion =>
    (id === undefined ? secret.versions.at(-1) : secret.versions.find(({ version }) => version === id)) ??
    fail(notFound(`${secret.name}/${id}`));

  return {
    set(name, { attributes, ...rest }) {
      const secret = find(name) ?? { name, versions: [] };
      if (secret.deletedAt !== undefined) throw isSettled(secret) ? deleted(name) : beingDeleted(name);
      const at = Math.floor(now() / 1000);
      const version = { ...rest, version: randomUUID().replaceAll('-', ''), attributes: { ...attributes, created: at, updated: at } };
      secret.versions.push(version);
      secrets.set(name.toLowerCase(), secret);
      return { secret, version };
    },
    get(name, id) {
      const secret = living(name);
      const version = versionOf(secret, id);
      if (!version.attributes.enabled) throw disabled();
      return { secret, version };
    },
    update(name, id, change) {
      const secret = living(name);
      const old = versionOf(secret, id);
      const version = change(old);
      secret.versions[secret.versions.indexOf(old)] = version;
      return { secret, version };
    },
    remove(name) {
      const secret = living(name);
      secret.deletedAt = now();
      return secret;
    },
    secret: living,
    deletedSecret: dead,
    recover(name) {
      const secret = dead(name);
      delete secret.deletedAt;
      return secret;
    },
    purge: (name) => void secrets.delete(dead(name).name.toLowerCase()),
    list: (isDeleted) =>
      [...secrets.values()]
        .filter((secret) => (isDeleted ? isSettled(secret) : secret.deletedAt === undefined))
        .sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
};

const fail = (error: Error): never => {
  throw error;
};
