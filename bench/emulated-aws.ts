const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
const region = 'eu-central-1';

/** How ours and the official clients are told of the same emulator. */
export const emulatedAws = (endpoint: string) => ({
  environment: {
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_ENDPOINT_URL: endpoint,
  },
  official: { endpoint, region, credentials },
});
