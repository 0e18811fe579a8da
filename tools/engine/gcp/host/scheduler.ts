import type { CallFunction } from './calls.ts';

/** A job of Cloud Scheduler, in UTC. */
export type Job = { readonly cron: string; readonly url: string; readonly account: string; readonly audience: string };

export type Scheduler = {
  declare(name: string, job: Job): void;
  forget(name: string): void;
  has(name: string): boolean;
  list(): readonly string[];
  /** At once; gives the status of the answer. */
  run(name: string): Promise<number>;
  close(): void;
};

/** A field of cron: all, every so many, or exactly one. */
const fits = (field: string, value: number): boolean => {
  if (field === '*') return true;
  const every = /^\*\/(\d+)$/.exec(field)?.[1];
  return every === undefined ? Number(field) === value : value % Number(every) === 0;
};

/** Whether a line of cron (minute, hour, day, month, day of the week) falls on this minute. */
export const isDue = (cron: string, at: Date): boolean => {
  const [minute = '', hour = '', day = '', month = '', weekday = ''] = cron.split(' ');
  const values = [at.getUTCMinutes(), at.getUTCHours(), at.getUTCDate(), at.getUTCMonth() + 1, at.getUTCDay()];
  return [minute, hour, day, month, weekday].every((field, index) => fits(field, values[index] ?? 0));
};

/**
 * Calls functions by the clock, as an account (https://cloud.google.com/scheduler/docs/http-target-auth). Does not call again what failed. A minute of
 * its clock is as long as it is told.
 */
export const startScheduler = (call: CallFunction, minuteMillis = 60_000): Scheduler => {
  const jobs = new Map<string, Job>();
  const running = new Set<string>();
  const run = async (name: string): Promise<number> => {
    const job = jobs.get(name);
    if (job === undefined) throw new Error(`there is no job ${name}`);
    const headers = { 'user-agent': 'Google-Cloud-Scheduler', 'x-cloudscheduler': 'true', 'x-cloudscheduler-jobname': name };
    return call(job.url, job, { headers });
  };
  /** One call of a job at a time. */
  const runOnce = async (name: string): Promise<void> => {
    if (running.has(name)) return;
    running.add(name);
    await run(name).catch(() => undefined);
    running.delete(name);
  };
  let minute = Math.floor(Date.now() / 60_000);
  const timer = setInterval(() => {
    minute += 1;
    const now = new Date(minute * 60_000);
    for (const [name, { cron }] of jobs) if (isDue(cron, now)) void runOnce(name);
  }, minuteMillis);
  timer.unref();
  return {
    declare: (name, job) => void jobs.set(name, job),
    forget: (name) => void jobs.delete(name),
    has: (name) => jobs.has(name),
    list: () => [...jobs.keys()],
    run,
    close: () => clearInterval(timer),
  };
};
