/** How a service is spoken to: its name in errors, what its tokens are for, the headers of every request. */
export type Service = {
  readonly name: string;
  readonly audience: string;
  readonly headers: (token: string) => Readonly<Record<string, string>>;
};

const bearer = (token: string): string => `Bearer ${token}`;

/** The version is the one that atomic batches came with, and that the vendor's own clients send. */
export const cosmos: Service = {
  name: 'Cosmos DB',
  audience: 'https://cosmos.azure.com',
  headers: (token) => ({
    authorization: encodeURIComponent(`type=aad&ver=1.0&sig=${token}`),
    'x-ms-date': new Date().toUTCString(),
    'x-ms-version': '2020-07-15',
  }),
};

const storage = (name: string): Service => ({
  name,
  audience: 'https://storage.azure.com',
  headers: (token) => ({ authorization: bearer(token), 'x-ms-date': new Date().toUTCString(), 'x-ms-version': storageVersion }),
});

/** Of the REST API of Azure Storage, and of what is signed for it. */
export const storageVersion = '2022-11-02';
export const blobs = storage('Blob Storage');
export const queues = storage('Queue Storage');

export const eventGrid: Service = {
  name: 'Event Grid',
  audience: 'https://eventgrid.azure.net',
  headers: (token) => ({ authorization: bearer(token) }),
};
export const keyVault: Service = {
  name: 'Key Vault',
  audience: 'https://vault.azure.net',
  headers: (token) => ({ authorization: bearer(token) }),
};
