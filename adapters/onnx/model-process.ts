import { writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { reportInspection } from './model-inspection-process.ts';
import { processFiles } from './model-process-protocol.ts';
import { runModels } from './model-runner.ts';

// The entry of the processes that touch models. A model that loops blocks this thread for ever, so another one watches for the parent's end;
// it is given as text because a thread's file would have to be found both in the source and in the bundle.
const watch = `new (require('node:net').Socket)({ fd: ${processFiles.lifeline} }).on('error', () => {}).on('close', () => process.kill(process.pid, 'SIGKILL')).resume();`;
new Worker(watch, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 8 } });

// A model may take all the memory there is: Linux shall then end this process, which is replaced, and not the platform (proc(5), oom_score_adj).
try {
  writeFileSync('/proc/self/oom_score_adj', '1000');
} catch {
  // Another system, which has no such wish to be told.
}

const channel = new Socket({ fd: processFiles.channel });
channel.on('close', () => process.exit());
channel.on('error', () => process.exit());

const [task, path] = process.argv.slice(2);
if (task === 'inspect' && path !== undefined) await reportInspection(path, channel);
else runModels(channel);
