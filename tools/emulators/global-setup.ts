import { startDynamoDbLocal, startMinistack } from './start.ts';

/** Where a test finds an emulator: the environment variables that the set-up leaves for it. */
export const emulatorVariables = { dynamoDbLocal: 'HYBRID_TEST_DYNAMODB_LOCAL', ministack: 'HYBRID_TEST_MINISTACK' } as const;

/** The URL of a running emulator. A test that needs one runs under `npm run test:emulators`. */
export const emulatorEndpoint = (emulator: keyof typeof emulatorVariables): string => process.env[emulatorVariables[emulator]] ?? '';

/** Once before all tests: both emulators run, and end with them. */
export const setup = async (): Promise<() => Promise<void>> => {
  const emulators = await Promise.all([startDynamoDbLocal(), startMinistack()]);
  process.env[emulatorVariables.dynamoDbLocal] = emulators[0].endpoint;
  process.env[emulatorVariables.ministack] = emulators[1].endpoint;
  return async () => void (await Promise.all(emulators.map(({ stop }) => stop())));
};
