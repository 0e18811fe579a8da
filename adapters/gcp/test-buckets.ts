import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { refusalOfSignedUrl } from '../conformance/fakes/signed-urls.ts';
import type { GcpClient } from './client.ts';
import { storage } from './services.ts';
import { keySigner } from './signed-urls.ts';

/** A bucket of its own. */
export const makeBucket = async (client: GcpClient): Promise<string> => {
  const name = `bucket-${randomUUID()}`;
  await client.call(storage, { operation: 'CreateBucket', path: '/storage/v1/b?project=project', json: { name } });
  return name;
};

export const testEmail = 'functions@project.iam.gserviceaccount.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const testKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
export const testSigner = () => keySigner(testEmail, testKey);

/** Sends to a signed URL; fake-gcs-server takes any signature, so that it is looked at before. */
export const sendSigned = async (request: Request): Promise<Response> =>
  refusalOfSignedUrl(request, { keys: new Map([[testEmail, publicKey]]), now: Date.now }) ?? fetch(request);
