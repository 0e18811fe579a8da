import { createServer } from 'node:http';
import { InferenceSession, Tensor } from 'onnxruntime-node';

// What an inference costs at the least: node:http and onnxruntime in one process, no check of anything, nothing recorded.
const session = await InferenceSession.create(process.argv[2] as string);
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const { id, inputs } = JSON.parse(Buffer.concat(chunks).toString());
    const feeds = Object.fromEntries(
      inputs.map((input: { name: string; shape: number[]; data: number[] }) => [
        input.name,
        new Tensor('float32', Float32Array.from(input.data), input.shape),
      ]),
    );
    const results = await session.run(feeds);
    const outputs = Object.entries(results).map(([name, { dims, data }]) => ({
      name,
      datatype: 'FP32',
      shape: dims,
      data: [...(data as Float32Array)],
    }));
    const body = JSON.stringify({ model_name: 'tiny', model_version: '1', id, outputs });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${(server.address() as { port: number }).port}\n`));
process.on('SIGTERM', () => process.exit(0));
