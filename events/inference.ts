import * as z from 'zod';
import { eventType } from './event.ts';

const about = {
  endpoint: z.string().describe('The name of the endpoint'),
  generation: z.int().min(1).describe('Of the deployment request that this answers'),
  version: z.string().describe('The version that was to be served'),
};

export const endpointReady = eventType(
  'inference',
  'endpoint-ready',
  'The version that was asked for is loaded; requests are answered by it from now on.',
  z.object(about),
);

export const endpointFailed = eventType(
  'inference',
  'endpoint-failed',
  'The version that was asked for could not be loaded; what was served before still is.',
  z.object({ ...about, reason: z.string().describe('Why, in words for people') }),
);

export const endpointStopped = eventType(
  'inference',
  'endpoint-stopped',
  'An endpoint that was removed answers no more.',
  z.object({ endpoint: about.endpoint, generation: z.int().min(1).describe('Of the removal that this answers') }),
);
