/**
 * An emulator's REST API, as an owner of the project: the answer's JSON, `undefined` where what is asked for is not there. Throws where it is refused.
 */
export type Rest = <Output = object>(method: string, path: string, json?: object) => Promise<Output | undefined>;

/** Of the Firestore emulator: its rules hold for nobody who says this. */
export const ownerOfAll = { authorization: 'Bearer owner' };

export const restOf =
  (endpoint: string, headers: Readonly<Record<string, string>> = {}): Rest =>
  async <Output>(method: string, path: string, json?: object) => {
    const response = await fetch(`${endpoint}${path}`, {
      method,
      headers: { ...headers, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    const text = await response.text();
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text.trim().startsWith('{') ? JSON.parse(text) : {}) as Output;
  };
