// What the worker of Azure Functions is to an app: it alone has the module `@azure/functions-core`, by which the app registers its functions; and it calls
// them when the host says so (https://github.com/Azure/azure-functions-nodejs-worker). The host speaks to it as to any child process of Node's.
import Module from 'node:module';
import { Server } from 'node:net';

const functions = new Map();
let model;

const disposable = class {
  dispose() {}
};

const core = {
  version: '3.12.0',
  hostVersion: '4.1042.0',
  Disposable: disposable,
  registerHook: () => new disposable(),
  setProgrammingModel: (given) => {
    model = given;
  },
  log: (level, _category, message) => {
    if (level === 'error' || level === 'warning') console.error(message);
  },
  registerFunction: (metadata, handler) => {
    functions.set(metadata.name, { metadata, handler });
    return new disposable();
  },
};

const load = Module._load;
Module._load = (request, ...rest) => (request === '@azure/functions-core' ? core : load(request, ...rest));

// The library has its server for streams listen on all interfaces.
const listen = Server.prototype.listen;
Server.prototype.listen = function (...given) {
  const isAnywhere = given.length <= 1 && (given[0] === undefined || typeof given[0] === 'function');
  return isAnywhere ? listen.call(this, 0, '127.0.0.1', ...given) : listen.apply(this, given);
};

const call = async ({ id, name, inputData, triggerMetadata }) => {
  const { metadata, handler } = functions.get(name);
  const log = (_level, _category, message) => console.log(message);
  const invocation = model.getInvocationModel({
    invocationId: id,
    request: { invocationId: id, inputData, triggerMetadata },
    metadata,
    state: undefined,
    log,
  });
  const { context, inputs } = await invocation.getArguments();
  const result = await invocation.invokeFunction(context, inputs, handler);
  await invocation.getResponse(context, result);
};

process.on('message', (message) => {
  call(message).then(
    () => process.send({ id: message.id }),
    (error) => {
      console.error(error);
      process.send({ id: message.id, error: String(error?.stack ?? error) });
    },
  );
});
// Who started it is gone.
process.on('disconnect', () => process.exit());

await import(process.argv[2]);
const capabilities = await model.getCapabilities({});
const registered = [...functions.values()].map(({ metadata }) => metadata);
process.send({ functions: registered, httpUri: capabilities.HttpUri?.replace('localhost', '127.0.0.1') });
