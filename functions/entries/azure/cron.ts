import { failed, Rejected } from '../../../domain/kernel/failure.ts';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * A period as NCRONTAB says it (second, minute, hour, day, month, day of week), in the zone of the app, UTC. Throws `Rejected` `invalid-period` for
 * one that it cannot: none but those that divide an hour into minutes or a day into hours.
 */
export const everyPeriod = (seconds: number): string => {
  if (seconds % minute === 0 && seconds < hour && hour % seconds === 0) return `0 */${seconds / minute} * * * *`;
  if (seconds % hour === 0 && seconds < day && day % seconds === 0) return `0 0 */${seconds / hour} * * *`;
  if (seconds === day) return '0 0 0 * * *';
  throw new Rejected(failed('invalid', 'invalid-period', `A timer cannot run every ${seconds} seconds.`));
};
