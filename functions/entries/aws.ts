/** What Lambda calls: each makes a handler of the contexts that a function runs. */
export { changesFunction } from './aws/changes-function.ts';
export { deadLettersFunction } from './aws/dead-letters-function.ts';
export { eventsFunction } from './aws/events-function.ts';
export { httpFunction } from './aws/http-function.ts';
export { lambdaOf } from './aws/lambda.ts';
export { queuesFunction } from './aws/queues-function.ts';
export { schedulesFunction } from './aws/schedules-function.ts';
export { trialsFunction } from './aws/trials-function.ts';
