import { setTimeout as sleep } from 'node:timers/promises';
import { log, type ResourceHookFunction } from '@pulumi/pulumi';

/**
 * A role that Azure has assigned is known everywhere only minutes later; what needs it before is refused, and Pulumi's update ends there. This long
 * after the last assignment of an update, what needs roles is made. Azure promises ten minutes, and is mostly there within two or three.
 */
const settlesSeconds = 180;
/** Another time, in seconds; 0 for whoever imitates Azure and knows roles at once. */
const variable = 'HYBRID_ROLES_SETTLE_SECONDS';

const settlesMillis = (): number => {
  const { [variable]: said = String(settlesSeconds) } = process.env;
  const seconds = Number(said);
  if (said.trim() === '' || !(seconds >= 0 && seconds <= 900)) throw new Error(`${variable} is "${said}", and has to be seconds, 0 to 900`);
  return seconds * 1000;
};

export type Clock = {
  readonly now: () => number;
  readonly wait: (millis: number) => Promise<unknown>;
  readonly say: (text: string) => unknown;
};

/** Two hooks of resources: one for assignments, and one for what must not be made before those hold. Updates that assign nothing do not wait. */
export const settling = ({ now, wait, say }: Clock) => {
  let lastAssigned = Number.NEGATIVE_INFINITY;
  return {
    assigned: (): void => {
      lastAssigned = now();
    },
    settled: async (name: string): Promise<void> => {
      const left = lastAssigned + settlesMillis() - now();
      if (left <= 0) return;
      say(`${name} waits ${Math.ceil(left / 1000)} s until Azure knows the new roles everywhere`);
      await wait(left);
    },
  };
};

const roles = settling({ now: Date.now, wait: sleep, say: (text) => log.info(text) });

/** Option of a resource that assigns a role. */
export const assigning: { readonly hooks: { afterCreate: ResourceHookFunction[] } } = { hooks: { afterCreate: [() => roles.assigned()] } };
/** Option of a resource that is refused as long as the roles which it depends on do not hold. Nothing waits in a preview. */
export const onceSettled: { readonly hooks: { beforeCreate: ResourceHookFunction[] } } = {
  hooks: { beforeCreate: [({ name }) => roles.settled(name)] },
};
