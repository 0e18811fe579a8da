import { expect, it } from 'vitest';
import type { ExportWriter } from '../../domain/billing/export-writer.ts';
import type { ModelHost } from '../../domain/kernel/model-host.ts';
import type { ObjectStore } from '../../domain/kernel/object-store.ts';
import { rejection } from './harness.ts';

type Ports = {
  readonly modelHost: ModelHost;
  readonly exportWriter: ExportWriter;
  readonly objects: (name: string) => ObjectStore;
};

const model = { artifact: 'a', sizeBytes: 1, signature: { inputs: [], outputs: [] }, name: 'e', version: '1' };
async function* noRows(): AsyncGenerator<never> {}

/** What holds of the ports that a function was spared the code for; `bare` opens none of them, `inspecting` what looks into models alone. */
export const sparesWhatIsHeavy = (bare: () => Ports, inspecting: () => Ports): void => {
  it('open no models and write no exports where the code for it was left out, and free none', async () => {
    const { modelHost, exportWriter, objects } = bare();
    const models = [modelHost.inspect('a'), modelHost.load(model), modelHost.invoke(model, new Uint8Array(0), 1)];
    expect(await Promise.all(models.map(rejection))).toEqual(models.map(() => ({ failure: 'unavailable', code: 'models-elsewhere' })));
    const put = exportWriter.put(noRows(), objects('billing.exports'), { csv: 'a', parquet: 'b' });
    expect(await rejection(put)).toEqual({ failure: 'unavailable', code: 'exports-elsewhere' });
    await modelHost.remove(model);
  });

  it('look into models without running them where only that is needed', async () => {
    const { modelHost } = inspecting();
    expect(await rejection(modelHost.inspect('a'))).toEqual({ failure: 'unavailable', code: 'resource-unknown' });
    expect(await rejection(modelHost.load(model))).toEqual({ failure: 'unavailable', code: 'models-elsewhere' });
  });
};
