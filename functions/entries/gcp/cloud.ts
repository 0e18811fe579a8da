import type { DoorbellCloud } from '../doorbell/cloud.ts';

/**
 * What the entries ask of Google Cloud beside the ports: `openCloud` of `adapters/gcp` gives it, from the environment variables of a function.
 * `eventOf` and `bodyOf` get the parsed JSON of a Pub/Sub message's data; `partitionOf` the name of a Firestore document, whole
 * (`projects/<p>/databases/<d>/documents/registry/<id>`) or from its collection on (`registry/<id>`). What was given up names the subscription (or
 * queue) in `deadLetterQueue`, and in `queue` the topic (`projects/<p>/topics/<t>`) that a redrive publishes `message` to, with the attributes of
 * any other message and `hybrid-redrive`: the letter's `source`, so that only that subscriber hears it again. `settled` posts
 * `{"table": "billing.usage", "partitions": ["…"]}` to `HYBRID_DRAIN_URL` with an identity token, and is answered 204 once they are drained.
 */
export type GcpCloud = DoorbellCloud;
