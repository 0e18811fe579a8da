import { crashProperty } from '../crash/test-property.ts';
import { gcpCrashing } from './test-crash.ts';

/** A run of these is of a hundred calls and more on emulators, or waits for them. */
crashProperty(gcpCrashing, {
  'an event is heard and its work is done': 2,
  'a dead letter is sent back': 4,
  'inferences are billed': 4,
  'a period is closed': 8,
});
