import { readFileSync } from 'node:fs';

const folder = new URL('../../adapters/conformance/models/', import.meta.url);

/** The bytes of a test model; its README says how each behaves. */
export const modelFile = (name: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(name.includes('.') ? name : `${name}.onnx`, folder)));
