import * as z from 'zod';

// The Open Inference Protocol's schemas (kserve/open-inference-protocol, specification/protocol/inference_rest.md).

const Datatype = z.enum([
  'BOOL',
  'UINT8',
  'UINT16',
  'UINT32',
  'UINT64',
  'INT8',
  'INT16',
  'INT32',
  'INT64',
  'FP16',
  'FP32',
  'FP64',
  'BYTES',
]);
const TensorMetadata = z
  .object({ name: z.string(), datatype: Datatype, shape: z.array(z.int()).describe('-1: varies') })
  .meta({ id: 'TensorMetadata' });
const Parameters = z.looseObject({}).optional();
const Data = z.array(z.unknown()).describe('Row-major, flat or nested');

export const ServerMetadata = z
  .object({ name: z.string(), version: z.string(), extensions: z.array(z.string()) })
  .meta({ id: 'ServerMetadata' });
export const ServerLive = z.object({ live: z.boolean() }).meta({ id: 'ServerLive' });
export const ServerReady = z.object({ ready: z.boolean() }).meta({ id: 'ServerReady' });
export const ModelReady = z.object({ name: z.string(), ready: z.boolean() }).meta({ id: 'ModelReady' });
export const ModelMetadata = z
  .object({
    name: z.string(),
    versions: z.array(z.string()),
    platform: z.string(),
    inputs: z.array(TensorMetadata),
    outputs: z.array(TensorMetadata),
  })
  .meta({ id: 'ModelMetadata' });

export const InferRequest = z
  .object({
    id: z.string().optional(),
    parameters: Parameters,
    inputs: z.array(z.object({ name: z.string(), shape: z.array(z.int()), datatype: Datatype, parameters: Parameters, data: Data })),
    outputs: z.array(z.object({ name: z.string(), parameters: Parameters })).optional(),
  })
  .meta({ id: 'InferRequest' });

export const InferResponse = z
  .object({
    model_name: z.string(),
    model_version: z.string(),
    id: z.string().optional(),
    outputs: z.array(z.object({ name: z.string(), shape: z.array(z.int()), datatype: Datatype, data: Data })),
  })
  .meta({ id: 'InferResponse' });
