import { type Cloud, type Semantics, semantics } from './semantics.ts';

/** A difference between clouds, in words. `tested`: a suite holds each cloud to it; the others are what the vendor documents. */
export type Difference = {
  readonly port: string;
  readonly about: string;
  readonly says: Readonly<Record<Cloud, string>>;
  readonly tested: boolean;
};

const mebibytes = (bytes: number): string => (Number.isFinite(bytes) ? `${bytes / 1024 ** 2} MiB` : 'none');

/** Worded from what the suites ask for. */
const tested = (port: string, about: string, word: (of: Semantics) => string): Difference => ({
  ...{ port, about, tested: true },
  says: { laptop: word(semantics.laptop), aws: word(semantics.aws) },
});
const declared = (port: string, about: string, laptop: string, aws: string): Difference => ({
  ...{ port, about, tested: false },
  says: { laptop, aws },
});

export const differences: readonly Difference[] = [
  declared(
    'Table',
    'reads of an index',
    'see every write before them',
    'may lag by moments (global secondary indexes are eventually consistent)',
  ),
  declared('Table', 'order of items that are equal in an index', 'by key', "DynamoDB's own, the same each time"),
  declared('Table', 'transactions', '100 writes of one partition', '100 writes of one partition, at most 4 MB together'),
  declared('Table', 'removal of what has expired', 'within a minute', 'within days; invisible at once on both'),
  declared('Table', 'a write whose answer was lost', 'does not occur', 'is sent again, and known by what is there'),
  declared('ChangeStream', 'order', 'of all writes of a table', 'of the writes of a partition'),
  declared('ChangeStream', 'retention', 'until every consumer has read it', '24 hours; what a consumer cannot handle is put aside whole'),
  declared(
    'ChangeStream',
    'batches',
    'at most 500 changes, 5,000 where a consumer lingers',
    "as the mapping's batch size says, at most 6 MB",
  ),
  declared('EventBus', 'order', 'of publication, for each subscriber', 'none'),
  tested('EventBus', 'an event of more than 256 KB', ({ eventBus }) =>
    eventBus.largeEvent === 'refused'
      ? 'is refused, with all that was published with it'
      : 'goes by reference through the object store (`dataref`)',
  ),
  declared(
    'EventBus',
    'a call of which a part fails',
    'publishes nothing',
    'has published the rest; the caller publishes all again, and consumers know it',
  ),
  declared('Queue', 'order', 'by when messages are due', 'roughly by when they were sent'),
  tested('Queue', 'steps of delays, visibility and back-off', ({ queue }) =>
    queue.delayStepSeconds < 1 ? 'milliseconds' : `${queue.delayStepSeconds} s, rounded up`,
  ),
  declared('Queue', 'retention', 'until done or dead', '14 days at most, in dead letter queues too'),
  declared('Queue', 'a call of which a part fails', 'sends nothing', 'has sent the rest; the caller sends all again'),
  tested('DeadLetters', 'reason', ({ queue }) =>
    queue.reason === 'the error'
      ? 'the error of the last attempt'
      : "that it failed each time; the error is in the worker's log, under the message's id",
  ),
  declared('DeadLetters', 'redrive that breaks off', 'leaves the letter or the message', 'may leave both: then it comes twice'),
  tested('ObjectStore', 'a URL that grants GET', ({ objectStore }) =>
    objectStore.getGrantAnswersHead ? 'answers HEAD, too' : 'answers GET alone',
  ),
  declared(
    'ObjectStore',
    'life of a presigned URL',
    'as long as asked, up to 7 days',
    'no longer than the credentials of the role that signed it',
  ),
  tested('ObjectStore', 'largest part that is put by itself', ({ objectStore }) => mebibytes(objectStore.largestPart)),
  declared('ObjectStore', 'largest object that is copied', 'none', '5 GiB'),
  declared('ObjectStore', '`modifiedAt`', 'in milliseconds', 'in seconds; of a put the time of its answer'),
  declared('ObjectStore', 'a key that is not there', 'is absent', 'is absent to a role that may list the bucket, and forbidden to others'),
  declared('Secrets', 'a rotation by another process', 'is seen at once', 'is seen within 5 minutes'),
  declared('Secrets', 'size', 'none', '64 KB for all of a context together'),
  declared('Secrets', 'two processes that put at once', 'do not occur: one process owns the folder', 'may undo the other’s'),
  declared(
    'ModelHost',
    'artifacts',
    'are files of the object store',
    'are downloaded to the disk of the function, which keeps four fifths of it for them',
  ),
  declared('ModelHost', 'models kept loaded', '1 GiB', 'half of the memory of the function'),
];
