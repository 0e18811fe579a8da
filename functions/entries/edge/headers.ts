/** What is meant for the next hop alone (RFC 9110, section 7.6.1; the older names of RFC 2616, section 13.5.1). */
const hopByHop = [
  ...['connection', 'keep-alive', 'proxy-connection', 'proxy-authenticate', 'proxy-authorization'],
  ...['te', 'trailer', 'transfer-encoding', 'upgrade'],
];

/** Headers without those that end here, also those that `Connection` names. */
const throughHop = (headers: Headers): Headers => {
  const named = (headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase());
  const through = new Headers(headers);
  for (const name of [...hopByHop, ...named]) if (/^[\w-]+$/.test(name)) through.delete(name);
  return through;
};

/** What proves to the functions behind it who the edge is: nobody else may say so. */
const proofs = ['x-serverless-authorization', 'x-hybrid-origin-secret'];

/**
 * A request's headers as they go on. `Expect` was answered here; answers are asked for as they are, since an encoding would be undone on the way.
 * `host` is the one that the client asked.
 */
export const onward = (headers: Headers, host: string, own: { readonly [name: string]: string }): Headers => {
  const through = throughHop(headers);
  for (const name of ['host', 'expect', ...proofs]) through.delete(name);
  through.set('accept-encoding', 'identity');
  through.set('x-forwarded-host', host);
  for (const [name, value] of Object.entries(own)) through.set(name, value);
  return through;
};

/** An answer's headers as they go back; what was encoded all the same has been decoded by now, and has another length. */
export const backward = (headers: Headers): Headers => {
  const through = throughHop(headers);
  if (!through.has('content-encoding')) return through;
  for (const name of ['content-encoding', 'content-length']) through.delete(name);
  return through;
};
