import type { JsonObject } from '../../../domain/kernel/json.ts';
import { type Dispatcher, dispatchTask, forget } from './cloud-tasks/dispatch.ts';
import { taskOf } from './cloud-tasks/new-task.ts';
import {
  defaultRateLimits,
  defaultRetryConfig,
  type Queue,
  queueResource,
  type Task,
  taskResource,
  timestampOf,
} from './cloud-tasks/resources.ts';
import { googleRefusal } from './google-errors.ts';
import { type FakeAnswer, type FakeRequest, json, type RunningFake, startFake } from './server.ts';
import { stoppableTimers } from './timers.ts';
import { makeTokenSigner, type TokenSigner } from './token-signer.ts';

export { googleError } from './google-errors.ts';

export type CloudTasksOptions = {
  /** Real milliseconds for each second of schedules, back-offs and deadlines (of which each is at least 1 s): 1,000 is real time. */
  readonly millisPerSecond?: number;
  /** Signs the identity that a task asks for. */
  readonly signer?: TokenSigner;
};

type World = { readonly queues: Map<string, Queue>; readonly deletedQueues: Map<string, number>; readonly dispatcher: Dispatcher };

const queueReuseMillis = 7 * 24 * 3600 * 1000;
const tasksAtMost = 1000;

/** Google Cloud Tasks by its REST reference, version 2 (https://cloud.google.com/tasks/docs/reference/rest); HTTP targets only. */
export const startCloudTasks = async ({
  millisPerSecond = 1000,
  signer = makeTokenSigner(),
}: CloudTasksOptions = {}): Promise<RunningFake> => {
  const timers = stoppableTimers();
  const world: World = { queues: new Map(), deletedQueues: new Map(), dispatcher: { timers, millisPerSecond, signer, now: Date.now } };
  const fake = await startFake((request) => {
    if (!/^Bearer .+/.test(request.header('authorization') ?? ''))
      throw googleRefusal('UNAUTHENTICATED', 'Request is missing required authentication credential. Expected OAuth 2 access token.');
    return route(world, request);
  });
  return {
    ...fake,
    async close() {
      for (const queue of world.queues.values()) queue.tasks.clear();
      timers.stop();
      await fake.close();
    },
  };
};

type Route = {
  readonly location: string;
  readonly queueId?: string;
  readonly hasTasks: boolean;
  readonly taskId?: string;
  readonly verb?: string;
};

/** `/v2/projects/…/locations/…/queues/<queue>/tasks/<task>`, cut off behind `queues`, and at its end perhaps a verb behind a colon. Throws `Refusal`. */
const routeOf = (path: string): Route => {
  const segments = decodeURIComponent(path).split('/').slice(1);
  const [last = '', verb] = (segments.pop() ?? '').split(':');
  const [version, projects, project, locations, location, queues, queueId, tasks, taskId, ...rest] = [...segments, last];
  const fits = version === 'v2' && projects === 'projects' && locations === 'locations' && queues === 'queues' && rest.length === 0;
  if (!fits || (tasks !== undefined && tasks !== 'tasks')) throw googleRefusal('NOT_FOUND', `No such path: ${path}`);
  return {
    location: `projects/${project}/locations/${location}`,
    hasTasks: tasks !== undefined,
    ...(queueId === undefined ? {} : { queueId }),
    ...(taskId === undefined ? {} : { taskId }),
    ...(verb === undefined ? {} : { verb }),
  };
};

const route = (world: World, request: FakeRequest): FakeAnswer => {
  const { location, queueId, hasTasks, taskId, verb } = routeOf(request.path);
  const isPost = request.method === 'POST';
  if (queueId === undefined) return isPost ? createQueue(world, location, bodyOf(request)) : listQueues(world, location);
  const name = `${location}/queues/${queueId}`;
  if (!hasTasks) return answerQueue(world, name, verb, request);
  const queue = queueNamed(world, name);
  if (taskId !== undefined) return answerTask(world, queue, `${name}/tasks/${taskId}`, verb, request);
  return isPost ? createTask(world, queue, bodyOf(request)) : listTasks(queue, request);
};

const bodyOf = ({ body }: FakeRequest): JsonObject => {
  try {
    return JSON.parse(body.length === 0 ? '{}' : body.toString()) as JsonObject;
  } catch {
    throw googleRefusal('INVALID_ARGUMENT', 'Invalid JSON payload received.');
  }
};

const queueNamed = ({ queues }: World, name: string): Queue => {
  const queue = queues.get(name);
  if (queue === undefined)
    throw googleRefusal(
      'NOT_FOUND',
      'Requested entity was not found. If you just created the queue, wait at least a minute for the queue to initialize.',
    );
  return queue;
};

const createQueue = (world: World, location: string, sent: JsonObject): FakeAnswer => {
  const { name } = sent;
  if (typeof name !== 'string' || !new RegExp(`^${location}/queues/[A-Za-z0-9-]{1,100}$`).test(name))
    throw googleRefusal('INVALID_ARGUMENT', 'Queue name is invalid.');
  if (world.queues.has(name)) throw googleRefusal('ALREADY_EXISTS', 'Queue already exists');
  if ((world.deletedQueues.get(name) ?? 0) > world.dispatcher.now())
    throw googleRefusal('FAILED_PRECONDITION', 'The queue cannot be created because a queue with this name existed too recently.');
  return json(200, queueResource(withQueue(world, name, sent)));
};

const withQueue = ({ queues }: World, name: string, sent: JsonObject): Queue => {
  const old = queues.get(name) ?? {
    name,
    tasks: new Map(),
    usedNames: new Map(),
    state: 'RUNNING' as const,
    rateLimits: {},
    retryConfig: defaultRetryConfig,
  };
  const queue = Object.assign(old, {
    rateLimits: { ...defaultRateLimits, ...(sent.rateLimits as JsonObject | undefined) },
    retryConfig: { ...defaultRetryConfig, ...(sent.retryConfig as JsonObject | undefined) },
  });
  queues.set(name, queue);
  return queue;
};

const listQueues = ({ queues }: World, location: string): FakeAnswer => {
  const found = [...queues.values()]
    .filter(({ name }) => name.startsWith(`${location}/queues/`))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return json(200, { queues: found.map(queueResource) });
};

const answerQueue = (world: World, name: string, verb: string | undefined, request: FakeRequest): FakeAnswer => {
  if (request.method === 'PATCH') return json(200, queueResource(withQueue(world, name, bodyOf(request))));
  const queue = queueNamed(world, name);
  if (verb === 'pause') queue.state = 'PAUSED';
  if (verb === 'resume') queue.state = 'RUNNING';
  if (verb === 'purge') {
    queue.purgeTime = timestampOf(world.dispatcher.now());
    queue.tasks.clear();
  }
  if (request.method !== 'DELETE') return json(200, queueResource(queue));
  queue.tasks.clear();
  world.queues.delete(name);
  world.deletedQueues.set(name, world.dispatcher.now() + queueReuseMillis);
  return json(200, {});
};

const isFull = (view: unknown): boolean => view === 'FULL' || view === 2 || view === '2';

const createTask = ({ dispatcher }: World, queue: Queue, { task: sent, responseView }: JsonObject): FakeAnswer => {
  if (typeof sent !== 'object' || sent === null) throw googleRefusal('INVALID_ARGUMENT', 'The request has no task.');
  const task = taskOf(queue, sent as JsonObject, dispatcher.now());
  queue.tasks.set(task.name, task);
  void dispatchTask(queue, task, dispatcher);
  return json(200, taskResource(task, isFull(responseView)));
};

const listTasks = ({ tasks }: Queue, { query }: FakeRequest): FakeAnswer => {
  const size = Math.min(Number(query.get('pageSize') ?? 0) || tasksAtMost, tasksAtMost);
  const from = Number(query.get('pageToken') ?? 0) || 0;
  const all = [...tasks.values()];
  const page = all.slice(from, from + size).map((task) => taskResource(task, isFull(query.get('responseView'))));
  return json(200, { tasks: page, ...(all.length > from + size ? { nextPageToken: String(from + size) } : {}) });
};

const answerTask = ({ dispatcher }: World, queue: Queue, name: string, verb: string | undefined, request: FakeRequest): FakeAnswer => {
  const task: Task | undefined = queue.tasks.get(name);
  if (task === undefined) throw googleRefusal('NOT_FOUND', 'Requested entity was not found.');
  if (request.method === 'DELETE') {
    forget(queue, task, dispatcher.now());
    return json(200, {});
  }
  if (verb === 'run') task.hurry?.();
  return json(200, taskResource(task, isFull(request.query.get('responseView'))));
};
