// Loaded before a program whose network is Azure's: what it sends to Azure's services and apps and to names that nobody can have (RFC 2606), by `fetch` or by
// `node:https`, goes to the front of the emulated subscription instead, whose address HYBRID_TEST_AZURE says. All else goes where it did.
import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

const front = process.env.HYBRID_TEST_AZURE;
const ofAzure =
  /\.(core\.windows\.net|documents\.azure\.com|eventgrid\.azure\.net|vault\.azure\.net|azurewebsites\.net|example\.com)$|^management\.azure\.com$/;

if (front !== undefined) {
  const dispatcher = Symbol.for('undici.globalDispatcher.1');
  // It is made with the first request.
  await fetch('data:,');
  const direct = globalThis[dispatcher];
  const carried = (asked) => {
    const { protocol, host } = new URL(String(asked.origin));
    return ofAzure.test(host) ? { ...asked, origin: front, path: `/${protocol.slice(0, -1)}/${host}${asked.path}` } : asked;
  };
  globalThis[dispatcher] = {
    dispatch: (asked, handler) => direct.dispatch(carried(asked), handler),
    close: () => direct.close(),
    destroy: () => direct.destroy(),
  };

  const { request } = https;
  https.request = (url, ...rest) => {
    if (typeof url !== 'string' && !(url instanceof URL)) return request(url, ...rest);
    const { host, pathname, search } = new URL(url);
    return ofAzure.test(host) ? http.request(`${front}/https/${host}${pathname}${search}`, ...rest) : request(url, ...rest);
  };
  syncBuiltinESMExports();
}
