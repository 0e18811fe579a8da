import * as z from 'zod';
import { type AppConfiguration, makeApp } from './host/app.ts';
import { isThere, named, Place, resource } from './resource.ts';
import { found, type Subscription } from './subscription.ts';

const Inputs = Place.extend({
  identity: z.looseObject({
    userAssignedIdentities: z.union([z.array(z.string()), z.record(z.string(), z.unknown()).transform((all) => Object.keys(all))]),
  }),
  functionAppConfig: z.looseObject({ runtime: z.object({ name: z.literal('node'), version: z.literal('24') }) }),
  siteConfig: z.looseObject({ appSettings: z.array(z.object({ name: z.string(), value: z.string() })) }),
});
type Inputs = z.output<typeof Inputs>;

const hostOf = (app: string): string => `${app}.azurewebsites.net`;

/** An app of functions, which runs as soon as something is deployed to it. */
export const webApp = ({ apps, identities, front, bells }: Subscription) => {
  const configurationOf = ({ identity, siteConfig: { appSettings } }: Inputs, name: string): AppConfiguration => ({
    name,
    settings: Object.fromEntries(appSettings.map((setting) => [setting.name, setting.value])),
    identity: found(identities, identity.userAssignedIdentities[0] ?? '').tokens,
  });
  return resource({
    type: 'web:WebApp',
    inputs: Inputs,
    naming: named('name', 32),
    replacedBy: ['kind', 'serverFarmId'],
    create: async (inputs, { name }) => {
      const app = makeApp(configurationOf(inputs, name), { front: front.url, bells });
      apps.set(name, app);
      front.sites.set(hostOf(name), app.site);
      return undefined;
    },
    update: (inputs, { name }) => found(apps, name).configure(configurationOf(inputs, name)),
    find: async ({ name }) => isThere(apps.has(name)),
    remove: async ({ name }) => {
      front.sites.delete(hostOf(name));
      const app = apps.get(name);
      apps.delete(name);
      await app?.stop();
    },
  });
};
