/** What OpenAPI 2 knows, without `TRACE`, which nobody answers. */
const methods = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** The edge lets go after 30 s; what is before it waits a little longer. */
const deadlineSeconds = 35;

/**
 * The document of an API Gateway that leads every path to one function, as it came. The last segment of a path may stand for any number of them, also
 * none (https://cloud.google.com/api-gateway/docs/path-templating). It asks for no key: clients have the platform's own, which go on in
 * `X-Forwarded-Authorization`, while `Authorization` is a token made out to `url`.
 */
export const gatewayDocument = (title: string, url: string) => ({
  swagger: '2.0',
  info: { title, version: '1.0.0' },
  schemes: ['https'],
  consumes: ['*/*'],
  produces: ['*/*'],
  'x-google-backend': { address: url, jwt_audience: url, path_translation: 'APPEND_PATH_TO_ADDRESS', deadline: deadlineSeconds },
  paths: {
    '/{path=**}': {
      parameters: [{ name: 'path', in: 'path', required: true, type: 'string' }],
      ...Object.fromEntries(
        methods.map((method) => [
          method,
          { operationId: `${method}Any`, responses: { default: { description: 'As the platform answers.' } } },
        ]),
      ),
    },
  },
});
