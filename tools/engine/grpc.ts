import * as grpc from '@grpc/grpc-js';

export type Listening = { readonly port: number; readonly close: () => void };

/** A unary method as a function: what it throws is what the caller hears. */
export const unary =
  <Q, A>(answer: (request: Q) => Promise<A> | A): grpc.handleUnaryCall<Q, A> =>
  (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (value) => callback(null, value),
        (error: unknown) => callback({ code: grpc.status.UNKNOWN, details: error instanceof Error ? error.message : String(error) }),
      );
  };

/** Methods that the implementation lacks answer `UNIMPLEMENTED`, which the engine understands. */
export const listen = async (service: grpc.ServiceDefinition, implementation: grpc.UntypedServiceImplementation): Promise<Listening> => {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': 400 * 1024 ** 2, 'grpc.max_send_message_length': 400 * 1024 ** 2 });
  server.addService(service, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    const bound = (error: Error | null, value: number) => (error === null ? resolve(value) : reject(error));
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), bound);
  });
  return { port, close: () => server.forceShutdown() };
};
