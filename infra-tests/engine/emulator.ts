import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMinistack } from '../../tools/emulators/start.ts';
import type { Account } from '../../tools/engine/aws/clients.ts';
import { startAwsProvider } from '../../tools/engine/aws/provider.ts';
import { type Decision, decisionsTo, readDecisions } from '../../tools/engine/decisions/decisions.ts';
import type { EmulatedCloud } from './engine.ts';

/** An emulated account: it enforces the policies of roles, and tells what it decided. */
export type EmulatedAccount = Account & {
  readonly cloud: EmulatedCloud;
  /** What a stack is told of its place. */
  readonly config: Readonly<Record<string, string>>;
  decisions(): readonly Decision[];
  log(): string;
  stop(): Promise<void>;
};

export const startAccount = async (region = 'eu-central-1'): Promise<EmulatedAccount> => {
  const folder = mkdtempSync(join(tmpdir(), 'account-'));
  const file = join(folder, 'decisions');
  // Functions are told the API's domain, <id>.execute-api.<host>, which is none where the host is an address.
  const emulator = await startMinistack({ auth: true, env: { ...decisionsTo(file), MINISTACK_HOST: 'localhost' } });
  const account: Account = { endpoint: emulator.endpoint, region, id: '000000000000' };
  return {
    ...account,
    cloud: { package: 'aws', startProvider: (options) => startAwsProvider(account, options), env: { AWS_REGION: region } },
    // The emulator runs functions on this machine's processor.
    config: { 'aws:region': region, 'platform:architecture': process.arch === 'arm64' ? 'arm64' : 'x86_64' },
    decisions: () => readDecisions(file),
    log: emulator.log,
    stop: async () => {
      await emulator.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
