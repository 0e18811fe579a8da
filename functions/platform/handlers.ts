import { getDocs } from './get-docs.ts';
import { getLive } from './get-live.ts';
import { getObject } from './get-object.ts';
import { getOpenapi } from './get-openapi.ts';
import { getReady } from './get-ready.ts';
import { putObject } from './put-object.ts';

export const handlers = {
  'get-live': getLive,
  'get-ready': getReady,
  'get-openapi': getOpenapi,
  'get-docs': getDocs,
  'get-object': getObject,
  'put-object': putObject,
};
