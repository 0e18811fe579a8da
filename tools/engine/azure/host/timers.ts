/** Numbers of one field of an NCRONTAB expression: `*`, a step of it, or numbers. */
const fieldOf = (text: string, from: number, to: number): ReadonlySet<number> => {
  const all = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  if (text === '*') return new Set(all);
  const step = /^\*\/(\d+)$/.exec(text)?.[1];
  if (step !== undefined) return new Set(all.filter((one) => (one - from) % Number(step) === 0));
  const numbers = text.split(',').map(Number);
  if (numbers.some((one) => !all.includes(one))) throw new RangeError(`${text} is no field of a schedule`);
  return new Set(numbers);
};

const bounds = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;
const minutesOfTwoDays = 2 * 1440;
const minute = 60_000;

/** The next moment of `{second} {minute} {hour} {day} {month} {day of week}` behind another, in UTC, within two days. */
export const nextOf = (schedule: string, after: Date): Date => {
  const [seconds = new Set<number>(), ...others] = schedule
    .split(' ')
    .map((text, index) => fieldOf(text, bounds[index]?.[0] ?? 0, bounds[index]?.[1] ?? 0));
  const first = Math.floor(after.getTime() / minute) * minute;
  for (let at = first; at <= first + minutesOfTwoDays * minute; at += minute) {
    const moment = new Date(at);
    const parts = [moment.getUTCMinutes(), moment.getUTCHours(), moment.getUTCDate(), moment.getUTCMonth() + 1, moment.getUTCDay()];
    if (!parts.every((part, index) => others[index]?.has(part))) continue;
    const second = [...seconds].find((one) => at + one * 1000 > after.getTime());
    if (second !== undefined) return new Date(at + second * 1000);
  }
  throw new RangeError(`${schedule} does not come within two days`);
};
