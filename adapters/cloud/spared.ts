import type { ExportWriter } from '../../domain/billing/export-writer.ts';
import { failed, Rejected } from '../../domain/kernel/failure.ts';
import type { ModelHost } from '../../domain/kernel/model-host.ts';

/** What a function that opens no models says of them: `Rejected` `models-elsewhere`. */
export const modelsElsewhere = async (): Promise<never> => {
  throw new Rejected(failed('unavailable', 'models-elsewhere', 'This function opens no models.'));
};

/** The `ModelHost` port there; where nothing is loaded there is nothing to free. */
export const noModels: ModelHost = {
  inspect: modelsElsewhere,
  load: modelsElsewhere,
  invoke: modelsElsewhere,
  remove: async () => undefined,
};

/** The `ExportWriter` port of a function that writes no exports: `Rejected` `exports-elsewhere`. */
export const noExports: ExportWriter = {
  put: async () => {
    throw new Rejected(failed('unavailable', 'exports-elsewhere', 'This function writes no exports.'));
  },
};

/** Makes the ports that not every function has the code for: what runs or inspects models, what writes exports. */
export type Heavy<Options, Host extends ModelHost = ModelHost> = {
  readonly modelHost: (options: Options) => Host;
  readonly exportWriter: () => ExportWriter;
};

/** The ports whose code a function has only where it says so; a function that says nothing has these. */
export const spared = { modelHost: () => noModels, exportWriter: () => noExports };
