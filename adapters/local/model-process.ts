import { Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { reportInspection } from './model-inspection-process.ts';
import { processFiles } from './model-process-protocol.ts';
import { runModels } from './model-runner.ts';

// The entry of the processes that touch models. A model that loops blocks this thread for ever, so another one watches for the parent's end;
// it is given as text because a thread's file would have to be found both in the source and in the bundle.
const watch = `new (require('node:net').Socket)({ fd: ${processFiles.lifeline} }).on('error', () => {}).on('close', () => process.kill(process.pid, 'SIGKILL')).resume();`;
new Worker(watch, { eval: true, execArgv: [], resourceLimits: { maxOldGenerationSizeMb: 8 } });

const channel = new Socket({ fd: processFiles.channel });
channel.on('close', () => process.exit());
channel.on('error', () => process.exit());

const [task, path] = process.argv.slice(2);
if (task === 'inspect' && path !== undefined) await reportInspection(path, channel);
else runModels(channel);
