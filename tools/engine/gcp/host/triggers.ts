import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Firestore } from '@google-cloud/firestore';
import type { Project } from '../project.ts';
import { ownerOfAll } from '../rest.ts';
import type { CallFunction } from './calls.ts';
import { hostOf } from './ingress.ts';

/** An Eventarc trigger on the documents of one collection. */
export type Trigger = {
  readonly database: string;
  readonly collection: string;
  readonly service: string;
  readonly path: string;
  readonly account: string;
};

export type Triggers = {
  declare(name: string, trigger: Trigger): Promise<void>;
  forget(name: string): Promise<void>;
  has(name: string): boolean;
  list(): readonly string[];
  close(): Promise<void>;
};

const type = 'google.cloud.firestore.document.v1.written';
/** Of what is not taken: as often as a test would wait for it. */
const attempts = 8;

/**
 * Tells functions what the vendor's own listener hears of documents, as Eventarc does in binary mode
 * (https://cloud.google.com/eventarc/docs/cloudevents). The document itself, which is protobuf, is left out: the body is empty.
 */
export const makeTriggers = (project: Project, firestoreUrl: string, call: CallFunction): Triggers => {
  const stops = new Map<string, () => Promise<void>>();
  let isClosed = false;

  const tell = async ({ database, service, path, account }: Trigger, document: string): Promise<void> => {
    const host = `https://${hostOf(project, service)}`;
    const source = `//firestore.googleapis.com/projects/${project.id}/databases/${database}`;
    const headers = {
      'content-type': 'application/protobuf',
      'ce-specversion': '1.0',
      'ce-id': randomUUID(),
      'ce-type': type,
      'ce-source': source,
      'ce-subject': `documents/${document}`,
      'ce-time': new Date().toISOString(),
      'ce-database': database,
      'ce-document': document,
    };
    for (let attempt = 1; attempt <= attempts && !isClosed; attempt += 1) {
      const status = await call(`${host}${path}`, { account, audience: host }, { headers, body: Buffer.alloc(0) }).catch(() => 503);
      if (status >= 200 && status < 300) return;
      await sleep(200 * 2 ** attempt, undefined, { ref: false });
    }
  };

  return {
    async declare(name, trigger) {
      const { hostname, port } = new URL(firestoreUrl);
      const firestore = new Firestore({
        projectId: project.id,
        databaseId: trigger.database,
        host: hostname,
        port: Number(port),
        ssl: false,
        customHeaders: { Authorization: ownerOfAll.authorization },
      });
      await new Promise<void>((resolve, reject) => {
        let isFirst = true;
        const stop = firestore.collection(trigger.collection).onSnapshot((snapshot) => {
          // What was there before is no change.
          if (!isFirst) for (const { doc } of snapshot.docChanges()) void tell(trigger, `${trigger.collection}/${doc.id}`);
          isFirst = false;
          resolve();
        }, reject);
        stops.set(name, async () => {
          stop();
          await firestore.terminate();
        });
      });
    },
    async forget(name) {
      const stop = stops.get(name);
      stops.delete(name);
      await stop?.();
    },
    has: (name) => stops.has(name),
    list: () => [...stops.keys()],
    async close() {
      isClosed = true;
      await Promise.all([...stops.values()].map((stop) => stop()));
    },
  };
};
