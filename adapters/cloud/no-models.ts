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
