import { crashProperty } from '../crash/test-property.ts';
import { azureCrashing } from './test-crash.ts';

/** Closing a period waits for what is drained by the clock. */
crashProperty(azureCrashing, { 'a period is closed': 4 });
