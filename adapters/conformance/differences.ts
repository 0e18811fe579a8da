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
  says: { laptop: word(semantics.laptop), aws: word(semantics.aws), azure: word(semantics.azure), gcp: word(semantics.gcp) },
});
const declared = (port: string, about: string, laptop: string, aws: string, azure: string, gcp: string): Difference => ({
  ...{ port, about, tested: false },
  says: { laptop, aws, azure, gcp },
});

export const differences: readonly Difference[] = [
  declared(
    'Table',
    'reads of an index',
    'see every write before them',
    'may lag by moments (global secondary indexes are eventually consistent)',
    'see every write before them (the account is strongly consistent)',
    'see every write before them',
  ),
  declared('Table', 'order of items that are equal in an index', 'by key', "DynamoDB's own, the same each time", 'by key', 'by key'),
  declared(
    'Table',
    'transactions',
    '100 writes of one partition',
    '100 writes of one partition, at most 4 MB together',
    '100 writes of one partition, at most 2 MB of JSON together; a check that something is absent counts twice',
    '100 writes of one partition, at most 9 MiB together',
  ),
  declared(
    'Table',
    'hot documents',
    'as fast as the machine writes',
    'about 1,000 writes a second for a partition',
    'what 10,000 RU/s of a logical partition pay for',
    'about one write a second for a document, sustained, and about 500 new documents a second for a table whose changes are told (the index by `committedAt` only rises); beyond it ABORTED is tried again and given up as `cloud-unavailable`',
  ),
  declared(
    'Table',
    'removal of what has expired',
    'within a minute',
    'within days; invisible at once on both',
    'a while after; invisible at once',
    'within a day or so; invisible at once',
  ),
  declared(
    'Table',
    'a write whose answer was lost',
    'does not occur',
    'is sent again, and known by what is there',
    'is sent again, and known by a mark in the document',
    'is sent again, and known by a mark in the document; a conditional delete where no changes are kept leaves none, and may report a conflict with itself',
  ),
  declared(
    'ChangeStream',
    'order',
    'of all writes of a table',
    'of the writes of a partition',
    'of the writes of a partition',
    'of the writes of a partition',
  ),
  declared(
    'ChangeStream',
    'retention',
    'until every consumer has read it',
    '24 hours; what a consumer cannot handle is put aside whole',
    'as long as the item is there: of an item that was written again the newest version alone; of one that was deleted, a day',
    'as long as the item is there: of an item that was written again the newest version alone; of one that was deleted, a week',
  ),
  declared(
    'ChangeStream',
    'batches',
    'at most 500 changes, 5,000 where a consumer lingers',
    "as the mapping's batch size says, at most 6 MB",
    'as many as were there when the partition was drained, 100 at a time',
    'as many as were there when the partition was drained, 100 at a time',
  ),
  declared('EventBus', 'order', 'of publication, for each subscriber', 'none', 'none', 'none'),
  tested(
    'EventBus',
    'an event of more than 256 KB',
    ({ eventBus }) =>
      ({
        refused: 'is refused, with all that was published with it',
        'by reference': 'goes by reference through the object store (`dataref`)',
        whole: 'goes whole',
      })[eventBus.largeEvent],
  ),
  declared(
    'EventBus',
    'a call of which a part fails',
    'publishes nothing',
    'has published the rest; the caller publishes all again, and consumers know it',
    'has published the batches before; the caller publishes all again, and consumers know it',
    'has published the batches before; the caller publishes all again, and consumers know it',
  ),
  declared(
    'Queue',
    'order',
    'by when messages are due',
    'roughly by when they were sent',
    'roughly by when they were sent',
    'roughly by when they were sent',
  ),
  tested('Queue', 'steps of delays, visibility and back-off', ({ queue }) =>
    queue.delayStepSeconds < 1 ? 'milliseconds' : `${queue.delayStepSeconds} s, rounded up`,
  ),
  declared(
    'Queue',
    'retention',
    'until done or dead',
    '14 days at most, in dead letter queues too',
    'until done or dead',
    '7 days at most, in dead letter topics too',
  ),
  declared(
    'Queue',
    'a call of which a part fails',
    'sends nothing',
    'has sent the rest; the caller sends all again',
    'has sent the rest; the caller sends all again',
    'has sent the rest; the caller sends all again',
  ),
  tested('Queue', 'messages in a batch', ({ queue }) => (queue.batches === 'of one' ? 'one' : 'as many as the policy says')),
  tested('Queue', 'least attempts', ({ queue }) => String(queue.leastAttempts)),
  declared('Queue', 'least visibility time', 'any', '1 s', '1 s', '10 s'),
  declared('Queue', 'largest message with a delay', '256 KB', '256 KB', '256 KB', '50 KB'),
  declared(
    'Queue',
    'an alarm on one that nobody works off',
    'none',
    'by the age of its oldest message',
    'where its function fails; where it is not even called, by the messages of all queues together, which Azure counts once a day',
    'by the age of its oldest message',
  ),
  tested('DeadLetters', 'reason', ({ queue }) =>
    queue.reason === 'the error'
      ? 'the error of the last attempt'
      : "that it failed each time; the error is in the worker's log, under the message's id",
  ),
  declared(
    'DeadLetters',
    'redrive that breaks off',
    'leaves the letter or the message',
    'may leave both: then it comes twice',
    'may leave both: then it comes twice',
    'may leave both: then it comes twice',
  ),
  tested('ObjectStore', 'a URL that grants GET', ({ objectStore }) =>
    objectStore.getGrantAnswersHead ? 'answers HEAD, too' : 'answers GET alone',
  ),
  declared(
    'ObjectStore',
    'life of a presigned URL',
    'as long as asked, up to 7 days',
    'no longer than the credentials of the role that signed it',
    'as long as asked, up to 7 days',
    'as long as asked, up to 7 days, and as the key of the service account that signed it: 12 hours are promised',
  ),
  tested('ObjectStore', 'largest part that is put by itself', ({ objectStore }) => mebibytes(objectStore.largestPart)),
  declared('ObjectStore', 'largest object that is copied', 'none', '5 GiB', 'none', 'none'),
  declared(
    'ObjectStore',
    'a delete under `platform:immutableDays`',
    'does not occur: nothing is locked',
    'hides the object, whose version stays',
    'is refused until the time is over',
    'hides the object, whose version stays',
  ),
  declared(
    'ObjectStore',
    'two puts of one large key at once',
    'both succeed, the later one stays',
    'both succeed, the later one stays',
    'the one that ends later may fail (more than 8 MiB: the blocks that wait are taken away), and is tried again by the caller',
    'both succeed, the later one stays',
  ),
  declared(
    'ObjectStore',
    'a put to the key of an upload in parts before it is complete',
    'leaves the upload',
    'leaves the upload',
    'takes its parts away: completing it is refused',
    'leaves the upload',
  ),
  declared(
    'ObjectStore',
    '`modifiedAt`',
    'in milliseconds',
    'in seconds; of a put the time of its answer',
    'in seconds',
    'in milliseconds; of a download in seconds',
  ),
  declared(
    'ObjectStore',
    'a key that is not there',
    'is absent',
    'is absent to a role that may list the bucket, and forbidden to others',
    'is absent',
    'is absent to a role that may list the bucket, and forbidden to others',
  ),
  declared(
    'Secrets',
    'a rotation by another process',
    'is seen at once',
    'is seen within 5 minutes',
    'is seen within 5 minutes',
    'is seen within 5 minutes',
  ),
  declared(
    'Secrets',
    'size',
    'none',
    '64 KB for all of a context together',
    '25 KB for all of a context together',
    '64 KiB for all of a context together',
  ),
  declared(
    'Secrets',
    'two processes that put at once',
    'do not occur: one process owns the folder',
    'may undo the other’s',
    'may undo the other’s',
    'may undo the other’s',
  ),
  declared(
    'ModelHost',
    'artifacts',
    'are files of the object store',
    'are downloaded to the disk of the function, which keeps four fifths of it for them',
    'are downloaded to the disk of the instance, which keeps four fifths of it for them',
    'are downloaded to the file system of the instance, which is memory: a quarter of it is kept for them',
  ),
  declared(
    'ModelHost',
    'models kept loaded',
    '1 GiB',
    'half of the memory of the function',
    'half of the memory of the instance',
    'a third of the memory of the instance',
  ),
];
