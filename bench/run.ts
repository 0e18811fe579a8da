import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { answerTo, tell } from '../tools/words.ts';

// All benchmarks, one after the other, each a process of its own; exit code 1 where a budget did not hold.
const benches = ['infer', 'event-store', 'close-period', 'start-up', 'aws-entry', 'aws-table', 'aws-event-bus', 'preview'];
const named = process.argv.slice(2);
const answer = answerTo(named, benches, `npm run bench [-- <benchmark> …]     ${benches.join(', ')}; all where none is named`);

const all = async (names: readonly string[]): Promise<void> => {
  for (const name of names) {
    const bench = spawn(process.execPath, ['--import', 'tsx', `bench/${name}.ts`], { stdio: 'inherit' });
    const [code] = await once(bench, 'exit');
    if (code !== 0) process.exitCode = 1;
  }
};

if (answer !== undefined) tell(answer);
else await all(named.length > 0 ? named : benches);
