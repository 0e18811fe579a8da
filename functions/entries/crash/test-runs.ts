import { randomUUID } from 'node:crypto';
import { befalls, type Fault, type FaultKind } from '../../../adapters/conformance/faults.ts';
import type { BoundContext } from '../bound-context.ts';
import type { DeliveringCloud } from '../cloud.ts';
import { type CrashPlatform, platformOn } from './test-platform.ts';
import type { Crashing, Resources, World } from './test-world.ts';

export type Run = {
  readonly platform: CrashPlatform;
  readonly account: World;
  /** A name that no other run has. */
  readonly name: string;
};

export type Scenario = {
  readonly resources: Resources;
  readonly bound: readonly BoundContext[];
  readonly ports?: Partial<DeliveringCloud>;
  /** Whether each run needs tables of its own; else runs may share them one after the other, each under its name. */
  readonly fresh?: boolean;
  /** Whether only one run may be played at a time. */
  readonly alone?: boolean;
  /** Makes what has to be there. */
  readonly prepare?: (account: World) => Promise<void>;
  /** Does everything, and throws where something that has to hold does not. */
  readonly happens: (run: Run) => Promise<void>;
};

/** So many runs at once: while one waits for the emulator another computes. */
const lanes = 3;

/** Plays a scenario once undisturbed, and then once for each of its calls and each fault, from a fresh state. */
export const runsOf = <W extends World, F>(crashing: Crashing<W, F>, scenario: Scenario) => {
  const { resources, bound, ports = {}, alone = false, prepare } = scenario;
  const fresh = scenario.fresh ?? crashing.makesTablesFreely;
  type Lane = { made: Promise<W> | undefined };
  const accounts = Array.from({ length: alone ? 1 : lanes }, (): Lane => ({ made: undefined }));

  const accountFor = async (known: W | undefined): Promise<W> => {
    const account = await crashing.make(resources, known);
    await prepare?.(account);
    return account;
  };

  const play = async (lane: Lane, fault?: Fault): Promise<CrashPlatform> => {
    if (fresh || lane.made === undefined) lane.made = accountFor(await lane.made);
    const account = await lane.made;
    const platform = platformOn({ crashing, world: account, bound, fault, ports });
    try {
      await scenario.happens({ platform, account, name: `t${randomUUID().slice(0, 13)}` });
    } catch (error) {
      // What the failed run has left must not be the next one's.
      lane.made = undefined;
      throw error;
    }
    return platform;
  };

  let undisturbed: Promise<readonly string[]> | undefined;
  const operations = () => {
    undisturbed ??= play(accounts[0] as Lane).then((platform) => [...platform.operations]);
    return undisturbed;
  };

  return {
    /** What the adapters call, in turn, where nothing goes wrong. */
    operations,
    /** A run for each call that this can befall, or for each `every`th, begun `from` so many on; of those that failed, which call it was and why. */
    async withEach(kind: FaultKind, every = 1, from = 0): Promise<readonly string[]> {
      const all = await operations();
      const faults = all.flatMap((operation, index) =>
        befalls(crashing.answers, kind, operation, all[index - 1]) ? [{ operation, at: index + 1 }] : [],
      );
      const waiting = faults.filter((_, index) => (index + from) % every === 0);
      const failures: string[] = [];
      const work = async (lane: Lane): Promise<void> => {
        for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
          const { operation, at } = next;
          await play(lane, { at, kind }).catch((error: Error) => void failures.push(`call ${at} (${operation}) ${kind}: ${error.message}`));
        }
      };
      await Promise.all(accounts.map(work));
      return failures;
    },
  };
};
