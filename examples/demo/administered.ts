import { failed, Rejected } from '../../domain/kernel/failure.ts';
import { platformTenant } from '../../domain/kernel/tenancy.ts';
import { type HttpClient, httpClient } from '../../tools/http-client.ts';

const wrong = (code: string, detail: string): Rejected => new Rejected(failed('invalid', code, detail));
const problems = 'urn:hybrid-ai-platform:problem:';
/** A function that was idle may take some seconds to answer. */
const longestWait = 30_000;

/** A platform that others run, as its administrator. Throws `Rejected` with a sentence about what should be otherwise, before anything is asked of it. */
export const administered = async (text: string, key: string | undefined): Promise<HttpClient> => {
  if (!(/^https?:\/\//.test(text) && URL.canParse(text)))
    throw wrong('invalid-url', `HYBRID_URL should be a URL such as http://127.0.0.1:8080, not "${text}".`);
  if (!key) throw wrong('admin-key-missing', "HYBRID_URL also needs HYBRID_ADMIN_KEY: that platform's administrator's key.");
  if (!/^[!-~]+$/.test(key)) throw wrong('admin-key-malformed', 'HYBRID_ADMIN_KEY has a space or a character that no key has.');
  const url = text.replace(/\/+$/, '');
  const problem = problemOf(url, await askedWho(url, key));
  if (problem !== undefined) throw problem;
  return httpClient(url, key);
};

type Answer = { readonly status: number; readonly type: string; readonly body: Readonly<Record<string, unknown>> };

const askedWho = async (url: string, key: string): Promise<Answer> => {
  try {
    const headers = { authorization: `Bearer ${key}` };
    const response = await fetch(`${url}/v1/me`, { headers, signal: AbortSignal.timeout(longestWait) });
    const type = response.headers.get('content-type') ?? 'no type';
    return { status: response.status, type, body: objectIn(await response.text()) };
  } catch (error) {
    throw wrong('no-answer', `Nothing answers at ${url}: ${reasonOf(error)}. HYBRID_URL should be the URL of a platform that runs.`);
  }
};

/** `fetch failed` alone says nothing; where several addresses were tried, only a code is left. */
const reasonOf = (error: unknown): string => {
  const cause = (error as Error).cause as NodeJS.ErrnoException | undefined;
  return cause?.message || cause?.code || (error as Error).message;
};

const objectIn = (text: string): Answer['body'] => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Answer['body']) : {};
  } catch {
    return {};
  }
};

const problemOf = (url: string, { status, type, body }: Answer): Rejected | undefined => {
  const isAdmin = body.tenantId === platformTenant && Array.isArray(body.roles) && body.roles.includes('admin');
  if (status === 200 && isAdmin) return undefined;
  if (status === 200 && typeof body.tenantId === 'string')
    return wrong(
      'not-the-administrator',
      `HYBRID_ADMIN_KEY is a key of tenant ${body.tenantId}; it should be the administrator's of ${url}.`,
    );
  const told = String(body.type).startsWith(problems) ? String(body.detail) : undefined;
  if (status === 401 && told !== undefined)
    return wrong('admin-key-refused', `${url} refuses HYBRID_ADMIN_KEY: ${told} It should be that platform's administrator's key.`);
  if (told !== undefined) return wrong('not-now', `${url} answers ${status}: ${told}`);
  return wrong(
    'no-platform',
    `What answers at ${url} is no platform: GET /v1/me gave ${status}, ${type}. HYBRID_URL should be a platform's.`,
  );
};
