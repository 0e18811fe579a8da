export type AlarmEvent = {
  readonly alarmData: {
    readonly state: { readonly value: string };
    readonly configuration: {
      readonly metrics: readonly {
        readonly metricStat?: { readonly metric: { readonly dimensions: { readonly [name: string]: string } } };
      }[];
    };
  };
};
export type AliasUpdate = {
  readonly FunctionName: string;
  readonly Name: string;
  readonly FunctionVersion: string;
  readonly RoutingConfig: { readonly AdditionalVersionWeights: { readonly [version: string]: number } };
};
export const rollBack: (
  event: AlarmEvent,
  stableVersions: { readonly [functionName: string]: string },
  send: (input: AliasUpdate) => Promise<unknown>,
) => Promise<void>;
export const handler: (event: AlarmEvent) => Promise<void>;
