import { contexts } from '../../functions/contexts.ts';
import { type FunctionUnit, unitsOf } from '../../functions/kernel/units.ts';
import { type CloudName, recipes } from './clouds.ts';
import { buildUnits } from './index.ts';
import { loadMillis } from './load-time.ts';

/** Until a function is loaded. */
const mostMillis = 80;
const edge: FunctionUnit = { name: 'edge', trigger: 'http', contexts: [], grants: [], native: [], timeoutSeconds: 60 };

const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(0)} kB`.padStart(9);

const weigh = async (cloud: CloudName, units: readonly FunctionUnit[]): Promise<void> => {
  for (const { name, zip, codeBytes, startBytes, zipBytes } of await buildUnits(units, { cloud, architecture: 'x86_64' })) {
    const millis = loadMillis(zip);
    const holds = codeBytes <= recipes[cloud].mostBytes && millis <= mostMillis;
    const figures = `${kilobytes(startBytes)} ${kilobytes(codeBytes)} ${kilobytes(zipBytes)} ${millis.toFixed(0).padStart(5)} ms`;
    process.stdout.write(`  ${name.padEnd(28)}${figures}${holds ? '' : '  over budget'}\n`);
    if (!holds) process.exitCode = 1;
  }
};

// Builds every function of every cloud and topology and prints what it weighs; exit code 1 where one is too heavy or too slow to load.
for (const cloud of ['aws', 'azure', 'gcp'] as const)
  for (const topology of ['context', 'single'] as const) {
    process.stdout.write(`${`${cloud}, topology ${topology}`.padEnd(30)}    start      code       zip     load\n`);
    await weigh(cloud, unitsOf(contexts, topology, { apart: cloud === 'aws' }));
    if (cloud !== 'aws' && topology === 'context') await weigh(cloud, [edge]);
  }
