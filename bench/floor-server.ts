import { createServer } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';

// What an inference costs at the least, written as anyone would: node:http and onnxruntime in one process, no check of anything, nothing recorded.
type Input = { readonly name: string; readonly shape: readonly number[]; readonly data: readonly number[] };

const session = await InferenceSession.create(process.argv[2] as string);
const server = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  const { id, inputs } = JSON.parse(text) as { readonly id: string; readonly inputs: readonly Input[] };
  const feeds = Object.fromEntries(inputs.map(({ name, shape, data }) => [name, new Tensor('float32', Float32Array.from(data), shape)]));
  const results = await session.run(feeds);
  const outputs = Object.entries(results).map(([name, { dims, data }]) => ({
    name,
    datatype: 'FP32',
    shape: dims,
    data: [...(data as Float32Array)],
  }));
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ model_name: 'tiny', model_version: '1', id, outputs }));
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${(server.address() as { port: number }).port}\n`));
process.on('SIGTERM', () => process.exit(0));
