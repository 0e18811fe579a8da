// Loaded before a program whose network is Google Cloud's: what it sends by `fetch` to Google's services, to functions, to the metadata server and to names that
// nobody can have (RFC 2606) goes to
// the front of the emulated project instead, whose address and whose caller HYBRID_TEST_GOOGLE says. All else goes where it did.
const network = new URL(process.env.HYBRID_TEST_GOOGLE ?? '');
const dispatcher = Symbol.for('undici.globalDispatcher.1');
await fetch('data:,');
const direct = globalThis[dispatcher];

const carried = (asked) => {
  const { protocol, host } = new URL(String(asked.origin));
  if (!/\.(googleapis\.com|run\.app|google\.internal|example\.com)$/.test(host)) return asked;
  return { ...asked, origin: network.origin, path: `${network.pathname}/${protocol.slice(0, -1)}/${host}${asked.path}` };
};

globalThis[dispatcher] = {
  dispatch: (asked, handler) => direct.dispatch(carried(asked), handler),
  close: () => direct.close(),
  destroy: () => direct.destroy(),
};
