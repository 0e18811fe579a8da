import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { forward } from './forward.ts';
import type { Worker } from './worker.ts';

/** The host takes no larger body (`FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`). */
const bodyBytes = 100 * 1024 * 1024;

/**
 * Hands a request to the app's one function for requests as the host does: the call says which headers there are, and the body goes to the worker's own
 * server under the id of the call.
 */
export const request = (
  { functions, httpUri, invoke }: Worker,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  { host, path }: { readonly host: string; readonly path: string },
): void => {
  const http = functions.find(({ bindings }) => Object.values(bindings).some(({ type }) => type === 'httpTrigger'));
  if (http === undefined || httpUri === undefined) return void outgoing.writeHead(404).end();
  if (Number(incoming.headers['content-length'] ?? 0) > bodyBytes) return void outgoing.writeHead(413).end();
  const id = randomUUID();
  const [name = 'httpTrigger'] = Object.entries(http.bindings).find(([, { type }]) => type === 'httpTrigger') ?? [];
  const headers = { ...incoming.headers, host };
  const triggerMetadata = { Headers: { json: JSON.stringify(headers) }, Query: { json: '{}' } };
  invoke({ name: http.name, inputData: [{ name, data: { string: '' } }], triggerMetadata }, id).catch(() =>
    outgoing.headersSent ? outgoing.destroy() : outgoing.writeHead(500).end(),
  );
  void forward(incoming, outgoing, {
    url: `${httpUri.replace(/\/$/, '')}${path}`,
    headers: { ...headers, 'x-ms-invocation-id': id, 'x-forwarded-host': host, 'x-forwarded-proto': 'https' },
  });
};
