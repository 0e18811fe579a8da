import * as z from 'zod';
import { unsignedToken } from '../../../adapters/conformance/fakes/tokens.ts';
import { isThere, named, Place, resource } from './resource.ts';
import { found, type Subscription } from './subscription.ts';

const Inputs = Place.extend({
  vaultName: z.string(),
  properties: z.looseObject({ value: z.string(), contentType: z.string().optional() }),
});
type Inputs = z.output<typeof Inputs>;

const managerToken = (): string => {
  const iat = Math.floor(Date.now() / 1000);
  return unsignedToken({ iss: 'https://sts.windows.net/manager/', sub: 'manager', aud: 'https://vault.azure.net', iat, exp: iat + 600 });
};

export const secret = ({ vaults }: Subscription) => {
  const call = async (vault: string, method: string, path: string, body?: object): Promise<number> => {
    const answer = await fetch(`${found(vaults, vault).fake.url}${path}?api-version=7.4`, {
      method,
      headers: { authorization: `Bearer ${managerToken()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const said = await answer.text();
    if (!answer.ok && answer.status !== 404) throw new Error(`${method} ${path}: ${answer.status} ${said}`);
    return answer.status;
  };
  const put = ({ vaultName, properties: { value, contentType } }: Inputs, name: string) =>
    call(vaultName, 'PUT', `/secrets/${name}`, { value, contentType });

  return resource({
    type: 'keyvault:Secret',
    inputs: Inputs,
    naming: named('secretName', 127),
    create: async (inputs, { name }) => {
      await put(inputs, name);
      return undefined;
    },
    update: async (inputs, { name }) => {
      await put(inputs, name);
    },
    find: async ({ name }, { vaultName }) => isThere(vaults.has(vaultName) && (await call(vaultName, 'GET', `/secrets/${name}`)) === 200),
    remove: async ({ name }, { vaultName }) => {
      if (!vaults.has(vaultName)) return;
      await call(vaultName, 'DELETE', `/secrets/${name}`);
      await call(vaultName, 'DELETE', `/deletedsecrets/${name}`);
    },
  });
};
