import type { Input } from '@pulumi/pulumi';
import type { Access } from './access.ts';
import type { Logs } from './logs.ts';

/** What every app has alike: where its telemetry goes. */
export type Runtime = { readonly settings: { readonly [name: string]: Input<string> }; readonly access: readonly Access[] };

export const runtimeOf = (logs: Logs): Runtime => ({
  settings: { APPLICATIONINSIGHTS_CONNECTION_STRING: logs.connectionString },
  access: [{ of: 'telemetry', role: 'metrics-publisher', scope: logs.componentId }],
});
