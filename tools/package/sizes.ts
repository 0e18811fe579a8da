import { contexts } from '../../functions/contexts.ts';
import { type FunctionUnit, unitsOf } from '../../functions/kernel/units.ts';
import { answerTo, tell } from '../words.ts';
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
    const code = `${kilobytes(codeBytes)} ${kilobytes(recipes[cloud].mostBytes)}`;
    const figures = `${kilobytes(startBytes)} ${code} ${kilobytes(zipBytes)} ${millis.toFixed(0).padStart(5)} ms ${String(mostMillis).padStart(5)} ms`;
    process.stdout.write(`  ${name.padEnd(28)}${figures}${holds ? '' : '  over budget'}\n`);
    if (!holds) process.exitCode = 1;
  }
};

const weighAll = async (cloud: CloudName): Promise<void> => {
  for (const topology of ['context', 'single'] as const) {
    process.stdout.write(`${`${cloud}, topology ${topology}`.padEnd(30)}    start      code     limit       zip     load    limit\n`);
    await weigh(cloud, unitsOf(contexts, topology, { apart: cloud === 'aws' }));
    if (cloud !== 'aws' && topology === 'context') await weigh(cloud, [edge]);
  }
};

const clouds: readonly CloudName[] = ['aws', 'azure', 'gcp'];
const usage = `npm run sizes [-- <cloud> …]     builds every function of every topology, and says what it weighs: ${clouds.join(', ')}; all where none is named.
Exit code 1 where one is too heavy or too slow to load.`;

const named = process.argv.slice(2);
const answer = answerTo(named, clouds, usage);
if (answer !== undefined) tell(answer);
else for (const cloud of clouds) if (named.length === 0 || named.includes(cloud)) await weighAll(cloud);
