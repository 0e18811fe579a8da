import * as z from 'zod';
import { frontDoorSite, nameOf } from './host/front-door.ts';
import { isThere, resource } from './resource.ts';
import type { Subscription } from './subscription.ts';

/** A record leads to a resource, or says something; never both (https://learn.microsoft.com/rest/api/dns/record-sets). */
const RecordSet = z
  .looseObject({
    ...{ resourceGroupName: z.string(), zoneName: z.string(), ttl: z.int().min(1).max(2_147_483_647) },
    relativeRecordSetName: z.string().regex(/^(@|[a-z0-9_]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9])?)*)$/i),
    recordType: z.enum(['A', 'AAAA', 'CNAME', 'TXT']),
    targetResource: z.looseObject({ id: z.string().optional() }).optional(),
    cnameRecord: z.looseObject({ cname: z.hostname() }).optional(),
    txtRecords: z.array(z.looseObject({ value: z.array(z.string().min(1).max(1024)).min(1) })).optional(),
  })
  .refine(
    ({ recordType, targetResource, cnameRecord, txtRecords }) =>
      (recordType === 'TXT') === (txtRecords !== undefined) &&
      (recordType === 'CNAME') === (cnameRecord !== undefined) &&
      recordType.startsWith('A') === (targetResource?.id !== undefined),
    'a TXT record has texts, a CNAME a name, and any other a resource that it leads to',
  )
  .refine(
    ({ recordType, relativeRecordSetName }) => recordType !== 'CNAME' || relativeRecordSetName !== '@',
    "a zone's own name has no CNAME",
  );

/** What a name leads to, where it leads anywhere. */
const leads = (recordType: string): boolean => recordType === 'A' || recordType === 'CNAME';

/** A record of a zone that is somebody else's: it is there before any stack. */
export const recordSet = ({ edge, front, zones }: Subscription) => {
  const site = frontDoorSite(edge, front);
  const put = (inputs: z.output<typeof RecordSet>, id: string): void => {
    const zone = id.split('/').slice(0, -2).join('/');
    if (!zones.has(zone.toLowerCase())) throw new Error(`ParentResourceNotFound: there is no zone ${zone}.`);
    const { targetResource } = inputs;
    edge.put(id, { type: 'dns:RecordSet', inputs, refersTo: targetResource?.id === undefined ? [] : [targetResource.id] });
    if (leads(inputs.recordType)) front.sites.set(nameOf(inputs), site);
  };
  return resource({
    type: 'dns:RecordSet',
    inputs: RecordSet,
    replacedBy: ['zoneName', 'relativeRecordSetName', 'recordType'],
    create: async (inputs, { id }) => {
      put(inputs, id);
      return undefined;
    },
    update: async (inputs, { id }) => put(inputs, id),
    find: async ({ id }) => isThere(edge.get(id) !== undefined),
    remove: async ({ id }, inputs) => {
      edge.remove(id);
      if (leads(inputs.recordType)) front.sites.delete(nameOf(inputs));
    },
  });
};
