// Checks the types of each project by a compiler of its own, two at a time, and holds each to a budget of memory: the types of one cloud's provider
// take 300 MB, and of all three together more than a machine may have to spare. The projects are the folders that tsconfig.json leaves out and that
// have one of their own, and what it keeps.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Of everything that one compiler holds, at most. */
const budgetMegabytes = 1024;
/** Of its objects, so that it collects what it does not need before it takes more. */
const heapMegabytes = 880;
const atATime = 2;

const root = fileURLToPath(new URL('..', import.meta.url));
const self = fileURLToPath(import.meta.url);
const { exclude } = JSON.parse(readFileSync(`${root}/tsconfig.json`, 'utf8'));
const projects = ['.', ...exclude.filter((folder) => existsSync(`${root}/${folder}/tsconfig.json`))];

/** In a process of its own: the compiler, and at the end what it took. */
const compile = (project) => {
  process.on('exit', () => process.stderr.write(`${process.resourceUsage().maxRSS}\n`));
  process.argv = [process.argv[0], 'tsc', '--project', project, '--noEmit'];
  createRequire(import.meta.url)('typescript/lib/tsc.js');
};

const check = (project) =>
  new Promise((resolve) => {
    const started = performance.now();
    const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, self, project], { cwd: root });
    let [said, told] = ['', ''];
    child.stdout.on('data', (data) => (said += data));
    child.stderr.on('data', (data) => (told += data));
    child.on('close', (code, signal) => {
      const megabytes = Math.ceil(Number(/^(\d+)$/m.exec(told)?.[1]) / 1024);
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      resolve({ project, code, signal, said, told, megabytes, seconds });
    });
  });

const report = ({ project, code, signal, said, told, megabytes, seconds }) => {
  const name = project === '.' ? 'the platform' : project;
  process.stdout.write(`${said}types of ${name}: ${megabytes} MB, ${seconds} s\n`);
  const fits = megabytes <= budgetMegabytes;
  if (!fits) process.stdout.write(`They may take ${budgetMegabytes} MB: import less, or make a project of a part.\n`);
  // A compiler that ends without a word about types tells why on standard error: it was not found, or had too little memory.
  const broken = code !== 0 && said === '';
  if (broken) process.stderr.write(`The compiler ended with ${code ?? signal} and said:\n${told.replace(/^\d+\n/m, '').slice(0, 2000)}\n`);
  return code === 0 && fits;
};

const checkAll = async (left) => {
  const worker = async (passed = true) => {
    const project = left.shift();
    return project === undefined ? passed : worker(report(await check(project)) && passed);
  };
  const passed = await Promise.all(Array.from({ length: atATime }, () => worker()));
  if (passed.includes(false)) process.exitCode = 1;
};

const [named] = process.argv.slice(2);
if (named === undefined) await checkAll(projects);
else compile(named);
