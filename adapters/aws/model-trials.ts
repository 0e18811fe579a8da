import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Failure, failed, isFailure, Rejected } from '../../domain/kernel/failure.ts';
import type { InspectFailure, LoadFailure, ModelHost, ModelRef, Signature } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { inspectionReport } from '../onnx/inspection-report.ts';
import type { AwsClient } from './client.ts';
import type { Environment } from './credentials.ts';
import { lambdaModelHost } from './model-host.ts';
import { lambda } from './services.ts';

/**
 * What a function that tries models is asked: to look into an artifact, or to load a model as what serves would. `url` reads the artifact alone, for
 * as long as a trial may last, so that the function needs no right of its own.
 */
type Trial = { readonly url: string; readonly artifact: string; readonly model?: ModelRef };
type Found = Signature | Failure | null;

/** What tries models may be in the hands of one: what it tells is worth something only where it could be so. */
const nonsense = (): InspectFailure => failed('invalid', 'not-an-onnx-model', 'What tried the model told nothing of it that could be so.');

const trialSeconds = 60;
/** Of an invocation with its answer; the function itself ends after 25 s. */
const timeoutMillis = 28_000;

export type AskedTrialsOptions = {
  readonly client: AwsClient;
  readonly functionArn: string;
  readonly artifacts: Pick<ObjectStore, 'presign'>;
};

/** The part of `ModelHost` that opens models for the first time, by a function of its own. Throws `Rejected` where that cannot answer for now. */
export const askedTrials = ({ client, functionArn, artifacts }: AskedTrialsOptions): Pick<ModelHost, 'inspect' | 'load'> => {
  const ask = async (artifact: string, model?: ModelRef): Promise<unknown> => {
    const url = await artifacts.presign('GET', artifact, trialSeconds);
    const trial: Trial = model === undefined ? { url, artifact } : { url, artifact, model };
    const response = await client.request(lambda, {
      operation: 'Invoke',
      method: 'POST',
      path: `/2015-03-31/functions/${encodeURIComponent(functionArn)}/invocations`,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(trial),
      timeoutMillis,
    });
    const said = jsonIn(await response.text());
    return response.headers.get('x-amz-function-error') === null ? said : ended(Object(said) as FunctionError);
  };
  return {
    inspect: async (artifact) => inspectionReport(await ask(artifact)) ?? nonsense(),
    async load(model) {
      const found = await ask(model.artifact, model);
      if (found === null) return undefined;
      return loadFailure(isFailure(found) && typeof found.detail === 'string' ? found : nonsense());
    },
  };
};

const jsonIn = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** What Lambda answers for a function that failed or ended. */
type FunctionError = { readonly errorType?: string; readonly errorMessage?: string };

/** A model that takes the function down will do so again; whatever else went wrong may pass. */
const ended = ({ errorType = '', errorMessage = '' }: FunctionError): Failure => {
  if (/time-limit-exceeded|timed out/i.test(`${errorType} ${errorMessage}`))
    return failed('invalid', 'model-too-slow-to-load', 'The model did not load in the time that it has.');
  if (/OutOfMemory|ExitError|signal:|exited/i.test(`${errorType} ${errorMessage}`))
    return failed('invalid', 'not-an-onnx-model', 'Loading the model ended what loaded it: it is broken or needs too much memory.');
  throw new Rejected(failed('unavailable', 'model-not-tried', 'The model cannot be tried for now; try again later.'));
};

const loadFailure = ({ code, detail }: Failure): LoadFailure =>
  code === 'artifact-not-found' ? failed('not-found', code, detail) : failed('unavailable', 'model-load-failed', detail);

/** Does what `askedTrials` asks. Each trial has a folder and processes of its own, and leaves nothing to the next. */
export const modelTrials =
  ({ environment, fetch: get = fetch }: { readonly environment: Environment; readonly fetch?: typeof fetch }) =>
  async (asked: unknown): Promise<Found> => {
    const { url, artifact, model } = asked as Trial;
    const folder = await mkdtemp(join(tmpdir(), 'trial-'));
    const host = lambdaModelHost({ artifacts: { get: () => downloaded(get, url, artifact) }, environment, folder });
    try {
      return (model === undefined ? await host.inspect(artifact) : await host.load(model)) ?? null;
    } catch (error) {
      if (error instanceof Rejected && error.failure.failure === 'too-large') return error.failure;
      throw error;
    } finally {
      await host.close();
      await rm(folder, { recursive: true, force: true });
    }
  };

const downloaded: (get: typeof fetch, url: string, key: string) => ReturnType<ObjectStore['get']> = async (get, url, key) => {
  const response = await get(url);
  if (response.status === 404) return undefined;
  if (!response.ok || response.body === null)
    throw new Rejected(failed('unavailable', 'artifact-unavailable', `The artifact cannot be read for now (${response.status}).`));
  // The cache of artifacts asks for the size alone.
  const sizeBytes = Number(response.headers.get('content-length'));
  return { info: { key, sizeBytes, etag: '', contentType: '', modifiedAt: '' }, body: response.body };
};
