import { crashProperty } from '../crash/test-property.ts';
import { azureCrashing } from './test-crash.ts';

crashProperty(azureCrashing);
