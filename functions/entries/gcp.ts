/** What Cloud Run functions call: each makes an app of the contexts that a function runs. */
export { changesFunction } from './gcp/changes-function.ts';
export { deadLettersFunction } from './gcp/dead-letters-function.ts';
export { edgeFunction } from './gcp/edge-function.ts';
export { eventsFunction } from './gcp/events-function.ts';
export { frameworkFunction } from './gcp/framework.ts';
export { httpFunction } from './gcp/http-function.ts';
export { queuesFunction } from './gcp/queues-function.ts';
export { schedulesFunction } from './gcp/schedules-function.ts';
export { opened } from './opened.ts';
