import type { Answer, HttpRequest } from '../kernel/handler.ts';

/** Answers requests to presigned URLs; it checks the signature itself. Refusals are problem details. */
export type ObjectGateway = { serve(request: Request): Promise<Response> };
export type GatewayPorts = { readonly objectGateway: ObjectGateway };

/** Hands a request on to the gateway, and its response back as an answer; both bodies are streamed. */
export const throughGateway = async (
  method: 'GET' | 'PUT',
  { url, headers, body }: Pick<HttpRequest, 'url' | 'headers'> & { readonly body?: BodyInit },
  { objectGateway }: GatewayPorts,
): Promise<Answer> => {
  // A streamed body has to say that it is (the Fetch standard's `duplex`), which the types of the DOM do not know yet.
  const init: RequestInit & { readonly duplex?: 'half' } =
    body === undefined ? { method, headers } : { method, headers, body, duplex: 'half' };
  const response = await objectGateway.serve(new Request(url, init));
  const answer = { status: response.status, headers: Object.fromEntries(response.headers) };
  return response.body === null ? answer : { ...answer, stream: response.body };
};
