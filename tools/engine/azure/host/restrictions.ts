import type { IncomingHttpHeaders } from 'node:http';
import * as z from 'zod';

/** Who may call an app at all (https://learn.microsoft.com/azure/app-service/app-service-ip-restrictions). */
export const Restrictions = z.object({
  ipSecurityRestrictionsDefaultAction: z.enum(['Allow', 'Deny']).default('Allow'),
  ipSecurityRestrictions: z
    .array(
      z.object({
        ...{ name: z.string().max(32), priority: z.int().min(1).max(65_000), action: z.literal('Allow') },
        ...{ tag: z.literal('ServiceTag'), ipAddress: z.string() },
        headers: z.partialRecord(
          z.enum(['x-azure-fdid', 'x-fd-healthprobe', 'x-forwarded-for', 'x-forwarded-host']),
          z.array(z.string()).min(1).max(8),
        ),
      }),
    )
    .default([]),
});
export type Restrictions = z.output<typeof Restrictions>;

/** `from` is the service of Azure's whose addresses a request comes from; none where somebody else's. */
export const isLetIn = (restrictions: Restrictions, from: string | undefined, headers: IncomingHttpHeaders): boolean => {
  const isMet = restrictions.ipSecurityRestrictions.some(
    (rule) =>
      rule.ipAddress === from &&
      Object.entries(rule.headers).every(([name, values]) => values === undefined || values.includes(String(headers[name]))),
  );
  return isMet || restrictions.ipSecurityRestrictionsDefaultAction === 'Allow';
};
