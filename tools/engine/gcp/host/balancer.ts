import type { IncomingMessage, ServerResponse } from 'node:http';
import type { BackendService, Certificate, EndpointGroup, ForwardingRule, HttpsProxy, UrlMap } from '../balancer.ts';
import { makeJudge, type Policy } from './armor.ts';
import type { Compute } from './compute.ts';
import type { Meant } from './front.ts';
import type { Ingress } from './ingress.ts';
import type { Names } from './names.ts';

/** Serves a domain by the load balancer that its name leads to; `false` where it leads to none. */
export type Balancer = (meant: Meant, incoming: IncomingMessage, outgoing: ServerResponse) => Promise<boolean>;

/** The address that everybody outside of the project comes from. */
const client = '198.51.100.7';

/**
 * Follows a request as the documentation says it goes (https://cloud.google.com/load-balancing/docs/https): by the name's record to an address, the rule that
 * forwards it, the proxy with the certificate, the URL map, the backend service with its firewall, and the group of a function.
 */
export const makeBalancer = (compute: Compute, names: Names, ingress: Ingress): Balancer => {
  const judge = makeJudge();
  const inputsOf = <Inputs>(path: string): Inputs => compute.get(path)?.inputs as Inputs;
  const ruleAt = (address: string): ForwardingRule | undefined => {
    const path = compute.all('addresses').find(([, { inputs }]) => (inputs as { readonly address: string }).address === address)?.[0];
    const rules = compute.all('forwardingRules').map(([, { inputs }]) => inputs as ForwardingRule);
    return rules.find(({ ipAddress }) => ipAddress === path);
  };

  return async ({ host, path }, incoming, outgoing) => {
    const address = names.addressOf(host);
    const rule = address === undefined ? undefined : ruleAt(address);
    if (rule === undefined) return false;
    const proxy = inputsOf<HttpsProxy>(rule.target);
    const certified = proxy.sslCertificates.flatMap((one) => inputsOf<Certificate>(one).managed.domains);
    if (!certified.includes(`${host}.`) && !certified.includes(host)) throw new Error(`No certificate of ${rule.target} is for ${host}.`);
    const backend = inputsOf<BackendService>(inputsOf<UrlMap>(proxy.urlMap).defaultService);
    const status = backend.securityPolicy === undefined ? undefined : judge(inputsOf<Policy>(backend.securityPolicy), client, Date.now());
    if (status !== undefined) {
      outgoing.writeHead(status, { 'content-type': 'text/html' }).end(`<!doctype html><title>${status}</title>`);
      return true;
    }
    const { cloudRun } = inputsOf<EndpointGroup>(backend.backends[0]?.group ?? '');
    await ingress(cloudRun.service, incoming, outgoing, { host, path, from: 'balancer', client: `${client}, ${address}` });
    return true;
  };
};
