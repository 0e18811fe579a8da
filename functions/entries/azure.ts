/** What an app of Azure Functions is made of: each registers the functions of the contexts that a unit runs. */
export { registerChanges } from './azure/changes-app.ts';
export { registerDeadLetters } from './azure/dead-letters-app.ts';
export { registerEvents } from './azure/events-app.ts';
export { registerEdge, registerHttp } from './azure/http.ts';
export { registerQueues } from './azure/queues-app.ts';
export { registerSchedules } from './azure/schedules-app.ts';
export { opened } from './opened.ts';
