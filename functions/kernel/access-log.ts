/** One answered request, as the log shows it. */
export type AccessLine = {
  readonly tenant: string | undefined;
  readonly route: string;
  readonly status: number;
  readonly durationMillis: number;
  readonly traceId: string;
};

export type AccessLog = { line(line: AccessLine): void; flush(): void };

const flushEveryMillis = 25;

/**
 * The request lines of a long-running process: the format of the Powertools logger, written by hand and in batches, because the logger's own
 * 15 µs a line would be a fifth of what an inference costs. Fields are ours (routes, ids), so none needs escaping but by `JSON.stringify` of the tenant.
 */
export const accessLog = (service: string, write: (text: string) => void): AccessLog => {
  let pending = '';
  let scheduled = false;
  const timestamp = timestamps();
  const flush = () => {
    scheduled = false;
    const text = pending;
    pending = '';
    if (text !== '') write(text);
  };
  return {
    line({ tenant, route, status, durationMillis, traceId }) {
      const owner = tenant === undefined ? '' : `"tenant":${JSON.stringify(tenant)},`;
      pending += `{"level":"INFO","message":"request","timestamp":"${timestamp(Date.now())}","service":"${service}",${owner}"route":"${route}","status":${status},"duration_ms":${durationMillis.toFixed(3)},"trace_id":"${traceId}"}\n`;
      if (scheduled) return;
      scheduled = true;
      setTimeout(flush, flushEveryMillis);
    },
    flush,
  };
};

/** ISO 8601 to the millisecond; lines of the same millisecond share the text. */
const timestamps = (): ((millis: number) => string) => {
  let known = Number.NaN;
  let text = '';
  return (millis) => {
    if (millis !== known) text = new Date(millis).toISOString();
    known = millis;
    return text;
  };
};
