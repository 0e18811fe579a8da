/** How long the values of a gateway's access log are, by variable; what is not here is taken for 16 characters. */
const lengths: { readonly [variable: string]: number } = {
  requestId: 16,
  extendedRequestId: 16,
  'identity.sourceIp': 13,
  'identity.userAgent': 40,
  requestTime: 26,
  requestTimeEpoch: 13,
  httpMethod: 4,
  path: 28,
  routeKey: 18,
  protocol: 8,
  status: 3,
  responseLength: 4,
  responseLatency: 2,
  integrationLatency: 2,
  'integration.latency': 2,
  'integration.status': 3,
  'integration.error': 1,
  integrationStatus: 3,
  integrationErrorMessage: 1,
  'integration.requestId': 36,
  'error.message': 1,
  'error.responseType': 1,
  stage: 8,
  domainName: 50,
  apiId: 10,
};

/** Bytes of one line in a gateway's access log of this format; 0 without one. */
export const accessLogBytes = (format: string): number =>
  format === '' ? 0 : format.replaceAll(/\$context\.([\w.]*\w)/g, (_, variable: string) => 'x'.repeat(lengths[variable] ?? 16)).length + 1;
