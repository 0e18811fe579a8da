import { crashProperty } from '../crash/test-property.ts';
import { awsCrashing } from './test-crash.ts';

crashProperty(awsCrashing);
