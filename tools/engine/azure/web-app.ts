import * as z from 'zod';
import { type AppConfiguration, makeApp } from './host/app.ts';
import { isLetIn, Restrictions } from './host/restrictions.ts';
import { isThere, named, Place, resource } from './resource.ts';
import { found, type Subscription } from './subscription.ts';

const Inputs = Place.extend({
  identity: z.looseObject({
    userAssignedIdentities: z.union([z.array(z.string()), z.record(z.string(), z.unknown()).transform((all) => Object.keys(all))]),
  }),
  functionAppConfig: z.looseObject({ runtime: z.object({ name: z.literal('node'), version: z.literal('24') }) }),
  siteConfig: Restrictions.extend({ appSettings: z.array(z.object({ name: z.string(), value: z.string() })) }),
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
  /** By app. */
  const restrictions = new Map<string, Restrictions>();
  return resource({
    type: 'web:WebApp',
    inputs: Inputs,
    naming: named('name', 32),
    replacedBy: ['kind', 'serverFarmId'],
    create: async (inputs, { name }) => {
      const app = makeApp(configurationOf(inputs, name), { front: front.url, bells });
      apps.set(name, app);
      restrictions.set(name, inputs.siteConfig);
      front.sites.set(hostOf(name), (incoming, outgoing, to) => {
        if (isLetIn(found(restrictions, name), to.from, incoming.headers)) return app.site(incoming, outgoing, to);
        outgoing.writeHead(403, { 'content-type': 'text/html' }).end('<h1>Error 403 - Forbidden</h1>');
      });
      return undefined;
    },
    update: async (inputs, { name }) => {
      await found(apps, name).configure(configurationOf(inputs, name));
      restrictions.set(name, inputs.siteConfig);
    },
    find: async ({ name }) => isThere(apps.has(name)),
    remove: async ({ name }) => {
      front.sites.delete(hostOf(name));
      const app = apps.get(name);
      apps.delete(name);
      await app?.stop();
    },
  });
};
