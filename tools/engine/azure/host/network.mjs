// Loaded before a program whose network is Azure's: what it sends by `fetch` to Azure's services and apps goes to the front of the emulated subscription
// instead, whose address HYBRID_TEST_NETWORK says. All else goes where it did.
const front = process.env.HYBRID_TEST_NETWORK;
const ofAzure =
  /\.(core\.windows\.net|documents\.azure\.com|eventgrid\.azure\.net|vault\.azure\.net|azurewebsites\.net)$|^management\.azure\.com$/;

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
}
