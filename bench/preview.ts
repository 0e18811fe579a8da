/**
 * `pulumi preview` of the whole platform, bundles of its functions included, against one of a program that makes nothing: by the real engine, on an
 * emulated account that is empty, taking turns. What the platform takes longer, in parts of the 3 s that it may. One JSON line.
 */
import { fileURLToPath } from 'node:url';
import { startPlatform } from '../infra-tests/engine/platform.ts';
import { projectOf } from '../infra-tests/engine/project.ts';
import { createStack } from '../infra-tests/engine/stack.ts';
import { report } from './result.ts';

/** The least of so many counts: what else the machine does can only add to it. */
const runs = 5;
const budgetMillis = 3000;

const platform = await startPlatform();
const project = projectOf(fileURLToPath(new URL('empty-program', import.meta.url)));

const millisOf = async (work: () => Promise<unknown>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

try {
  const empty = await createStack(platform.engine, project.folder, 'dev');
  const { changes } = await platform.stack.preview();
  await empty.preview();
  const times = { empty: [] as number[], platform: [] as number[] };
  for (let run = 0; run < runs; run++) {
    times.empty.push(await millisOf(() => empty.preview()));
    times.platform.push(await millisOf(() => platform.stack.preview()));
  }
  const [least, most] = [Math.min(...times.empty), Math.min(...times.platform)];
  report({
    name: 'preview-over-empty',
    ratio: Math.round(most - least) / budgetMillis,
    budget: { max: 1 },
    notes: `ms, the least of ${runs}: ${Math.round(most)} with ${changes.create ?? 0} resources, ${Math.round(least)} with none`,
  });
} finally {
  project.remove();
  await platform.stop();
}
