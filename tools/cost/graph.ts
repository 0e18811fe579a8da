/** A resource as the program declares it: Pulumi's type, the logical name, and its inputs, resolved as far as a preview can. */
export type Resource = { readonly type: string; readonly name: string; readonly inputs: { readonly [name: string]: unknown } };
export type Graph = readonly Resource[];

/** `aws:sqs/queue:Queue` and its like, which the price list knows by these names. */
export const types = {
  function: 'aws:lambda/function:Function',
  mapping: 'aws:lambda/eventSourceMapping:EventSourceMapping',
  stage: 'aws:apigatewayv2/stage:Stage',
  table: 'aws:dynamodb/table:Table',
  queue: 'aws:sqs/queue:Queue',
  rule: 'aws:cloudwatch/eventRule:EventRule',
  archive: 'aws:cloudwatch/eventArchive:EventArchive',
  schedule: 'aws:scheduler/schedule:Schedule',
  secret: 'aws:secretsmanager/secret:Secret',
  key: 'aws:kms/key:Key',
  alarm: 'aws:cloudwatch/metricAlarm:MetricAlarm',
  metricFilter: 'aws:cloudwatch/logMetricFilter:LogMetricFilter',
  dashboard: 'aws:cloudwatch/dashboard:Dashboard',
  logGroup: 'aws:cloudwatch/logGroup:LogGroup',
  budget: 'aws:budgets/budget:Budget',
  export: 'aws:bcmdata/export:Export',
  webAcl: 'aws:wafv2/webAcl:WebAcl',
  distribution: 'aws:cloudfront/distribution:Distribution',
  samplingRule: 'aws:xray/samplingRule:SamplingRule',
  catalogTable: 'aws:glue/catalogTable:CatalogTable',
  zone: 'aws:route53/zone:Zone',
} as const;
export type Priced = keyof typeof types;

export const all = (graph: Graph, kind: Priced): Graph => graph.filter(({ type }) => type === types[kind]);

/** An input that is a number; `otherwise` where the program leaves it to the provider. */
export const numberOf = ({ inputs }: Resource, name: string, otherwise: number): number => {
  const value = inputs[name];
  return typeof value === 'number' ? value : otherwise;
};

export const textOf = ({ inputs }: Resource, name: string): string => {
  const value = inputs[name];
  return typeof value === 'string' ? value : '';
};

/** An input that is a structure. */
export const partOf = ({ inputs }: Resource, name: string): { readonly [name: string]: unknown } => {
  const value = inputs[name];
  return value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as { readonly [name: string]: unknown }) : {};
};

export const listOf = ({ inputs }: Resource, name: string): readonly unknown[] => {
  const value = inputs[name];
  return Array.isArray(value) ? value : [];
};

/** A mapping that reads a stream says where it starts; one that reads a queue cannot. */
export const readsStream = (mapping: Resource): boolean => mapping.inputs.startingPosition !== undefined;
export const isOn = (mapping: Resource): boolean => mapping.inputs.enabled !== false;
