import type { Accounts } from './accounts.ts';

/** As whom, and for whom, a service of Google's calls a function. */
export type Oidc = { readonly account: string; readonly audience: string };

/** Calls a function's URL as a service does that was told of an account; gives the status of its answer. */
export type CallFunction = (
  url: string,
  as: Oidc,
  sending: { readonly headers?: Record<string, string>; readonly body?: Buffer },
) => Promise<number>;

export const callerThrough = (front: () => string, accounts: Accounts): CallFunction => {
  return async (url, { account, audience }, { headers = {}, body }) => {
    const authorization = `Bearer ${accounts.identityToken(account, audience)}`;
    const { host, pathname, search } = new URL(url);
    const response = await fetch(`${front()}/as/google/https/${host}${pathname}${search}`, {
      method: 'POST',
      headers: { ...headers, authorization },
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    });
    await response.arrayBuffer();
    return response.status;
  };
};
