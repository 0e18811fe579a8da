import { contexts } from '../../functions/contexts.ts';
import { unitsOf } from '../../functions/kernel/units.ts';
import { buildUnits } from './index.ts';
import { loadMillis } from './load-time.ts';

/** Of a function's own code, minified and without libraries for models and exports; and until it is loaded. */
const budget = { codeBytes: 400_000, loadMillis: 80 };

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`.padStart(9);

// Builds every function of both topologies and prints what it weighs; exit code 1 where one is too heavy or too slow to load.
for (const topology of ['context', 'single'] as const) {
  process.stdout.write(`${`topology ${topology}`.padEnd(30)}     code       zip     load\n`);
  for (const { name, zip, codeBytes, zipBytes } of await buildUnits(unitsOf(contexts, topology, { modelsApart: true }), {
    architecture: 'x86_64',
  })) {
    const millis = loadMillis(zip);
    const holds = codeBytes <= budget.codeBytes && millis <= budget.loadMillis;
    process.stdout.write(
      `  ${name.padEnd(28)}${kilobytes(codeBytes)} ${kilobytes(zipBytes)} ${millis.toFixed(0).padStart(5)} ms${holds ? '' : '  over budget'}\n`,
    );
    if (!holds) process.exitCode = 1;
  }
}
