/** An answer of the platform: JSON as the value it is, anything else as text. */
export type Reply<Body = unknown> = { readonly status: number; readonly headers: Headers; readonly body: Body };

export type Sending = {
  /** JSON unless it is bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** One who calls the platform, with a key or without. What `Body` says of an answer is what the caller relies on; nothing checks it. */
export type HttpClient = {
  readonly url: string;
  readonly key: string | undefined;
  send<Body = unknown>(method: string, path: string, sending?: Sending): Promise<Reply<Body>>;
  get<Body = unknown>(path: string): Promise<Reply<Body>>;
  post<Body = unknown>(path: string, body?: unknown, headers?: Sending['headers']): Promise<Reply<Body>>;
  put<Body = unknown>(path: string, body: unknown, headers?: Sending['headers']): Promise<Reply<Body>>;
  delete<Body = unknown>(path: string): Promise<Reply<Body>>;
  /** A body as the bytes it is. */
  download(path: string): Promise<{ readonly status: number; readonly headers: Headers; readonly bytes: Uint8Array<ArrayBuffer> }>;
};

const authorization = (key: string | undefined): Record<string, string> => (key === undefined ? {} : { authorization: `Bearer ${key}` });

const outgoing = ({ body }: Sending): { readonly type: string; readonly body: string | Uint8Array<ArrayBuffer> } | undefined => {
  if (body === undefined) return undefined;
  if (body instanceof Uint8Array) return { type: 'application/octet-stream', body: body as Uint8Array<ArrayBuffer> };
  return { type: 'application/json', body: JSON.stringify(body) };
};

const bodyOf = async (response: Response): Promise<unknown> => {
  const text = await response.text();
  return /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : text;
};

export const httpClient = (url: string, key?: string): HttpClient => {
  const send = async <Body>(method: string, path: string, sending: Sending = {}): Promise<Reply<Body>> => {
    const sent = outgoing(sending);
    const headers = { ...authorization(key), ...(sent === undefined ? {} : { 'content-type': sent.type }), ...sending.headers };
    // A platform leads nowhere else.
    const asked = { method, headers, redirect: 'manual' } as const;
    const response = await fetch(`${url}${path}`, sent === undefined ? asked : { ...asked, body: sent.body });
    return { status: response.status, headers: response.headers, body: (await bodyOf(response)) as Body };
  };
  return {
    url,
    key,
    send,
    get: (path) => send('GET', path),
    post: (path, body = {}, headers = {}) => send('POST', path, { body, headers }),
    put: (path, body, headers = {}) => send('PUT', path, { body, headers }),
    delete: (path) => send('DELETE', path),
    async download(path) {
      const response = await fetch(`${url}${path}`, { headers: authorization(key) });
      return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
    },
  };
};
