import { clockAndIdsConformance } from '../conformance/clock-and-ids.ts';
import { systemClock } from './system-clock.ts';
import { ulidIds } from './ulid-ids.ts';

clockAndIdsConformance('every machine', systemClock, ulidIds);
