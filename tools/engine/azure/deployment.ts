import * as z from 'zod';
import type { Kind } from '../provider/kind.ts';
import type { Records } from '../provider/records.ts';
import { recorded } from './recorded.ts';
import { found, type Subscription } from './subscription.ts';
import { FocusExport } from './told.ts';

const OneDeploy = z.object({
  type: z.literal('Microsoft.Web/sites/extensions'),
  name: z.string().regex(/\/onedeploy$/),
  properties: z.object({ packageUri: z.string() }),
});
const Inputs = z.looseObject({ properties: z.looseObject({ template: z.looseObject({ resources: z.array(z.unknown()) }) }) });

/** A deployment of a template: packages are deployed to their apps, and exports of costs are looked at and only accepted; it takes nothing else. To delete it deletes nothing that it made. */
export const deployment = ({ apps }: Subscription, records: Records): Kind => {
  const accepted = recorded('azure-native:resources:Deployment', records);
  const deploy = async (inputs: unknown): Promise<void> => {
    for (const resource of Inputs.parse(inputs).properties.template.resources) {
      const { success, data } = OneDeploy.safeParse(resource);
      if (!success) FocusExport.parse(resource);
      else await found(apps, data.name.replace('/onedeploy', '')).deploy(data.properties.packageUri);
    }
  };
  return {
    ...accepted,
    create: async (inputs, scene) => {
      await deploy(inputs);
      return accepted.create(inputs, scene);
    },
    update: async (_id, inputs) => {
      await deploy(inputs);
      return {};
    },
  };
};
