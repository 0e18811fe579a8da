import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bundle.ts';
import type { CloudName } from './clouds.ts';
import type { ZipFile } from './zip.ts';

/** Where in a zip a function's own files are, and what a cloud wants beside them. */
export type Layout = { readonly folder: string; readonly beside: () => readonly ZipFile[] };

export const entryFile = 'index.mjs';

const text = (path: string, content: string | object): ZipFile => ({
  path,
  bytes: Buffer.from(typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`),
});

/** The version that this repository is tested with. */
const pinned = (name: string): string => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly devDependencies: { readonly [name: string]: string };
  };
  return devDependencies[name] ?? '';
};

/**
 * The build of Google Cloud replaces `node_modules` beside `package.json` by what that asks for: so everything of ours, libraries with native code
 * too, is in a folder which it leaves alone.
 */
const google: Layout = {
  folder: 'app/',
  beside: () => [
    text(entryFile, `export { handler } from './app/${entryFile}';\n`),
    text('package.json', {
      name: 'function',
      private: true,
      type: 'module',
      main: entryFile,
      dependencies: { '@google-cloud/functions-framework': pinned('@google-cloud/functions-framework') },
    }),
  ],
};

const azure: Layout = {
  folder: '',
  beside: () => [text('package.json', { name: 'app', private: true, type: 'module', main: entryFile }), text('host.json', host)],
};

/**
 * How the host runs an app. Entries give messages up by themselves, after as many attempts as each queue has, and make them wait: the host's own
 * limit, which is one for all queues, must never be reached. A look at an empty queue is paid for, so where nothing came they are up to 30 seconds apart. Paths are the platform's own, without `/api` before them. Of lines and calls a sample is
 * kept where there are many, and of requests and exceptions each: alerts count them, and a run of the collector is the sign of a dead letter.
 */
const host = {
  version: '2.0',
  functionTimeout: '00:05:00',
  extensionBundle: { id: 'Microsoft.Azure.Functions.ExtensionBundle', version: '[4.0.0, 5.0.0)' },
  extensions: {
    http: { routePrefix: '' },
    queues: { maxDequeueCount: 1_000_000, visibilityTimeout: '00:00:30', maxPollingInterval: '00:00:30', messageEncoding: 'base64' },
  },
  logging: {
    applicationInsights: { samplingSettings: { isEnabled: true, maxTelemetryItemsPerSecond: 5, excludedTypes: 'Request;Exception' } },
  },
};

export const layouts: Readonly<Record<CloudName, Layout>> = { aws: { folder: '', beside: () => [] }, azure, gcp: google };
