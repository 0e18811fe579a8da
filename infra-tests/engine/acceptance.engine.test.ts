import { InvokeCommand } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { clientsOf } from '../../tools/engine/aws/clients.ts';
import type { HttpClient } from '../../tools/http-client.ts';
import { waitUntil } from '../../tools/wait-until.ts';
import { deadLetter, delivered, giveUp } from './given-up.ts';
import { grantsOf, takeAway, unneeded } from './grants.ts';
import { appendLarge } from './large-event.ts';
import { type EmulatedPlatform, startPlatform } from './platform.ts';
import { newTenant } from './traffic.ts';

const Names = z.record(z.string(), z.string());
const Outputs = z.object({ tables: Names, queues: Names, functions: Names });

let platform: EmulatedPlatform;
let admin: HttpClient;
beforeAll(async () => {
  // Staging has what prod has of queues and keys; the demo is tried on dev.
  const config = { 'platform:alarmEmail': 'operator@example.com', 'platform:allowedAccount': '000000000000' };
  platform = await startPlatform({ stack: 'aws-staging', config });
  await platform.stack.up();
  admin = await platform.admin();
});
afterAll(() => platform?.stop());

/** What services do by a function's role, or by another's: the emulator asks nobody for it, and it is checked by rule (infra-tests/least-privilege.test.ts). */
const ofServices = /^schedules |(WriteLogs|ReadChanges|ReceiveMessages|LayAside|PutObjectsPlatformFailedChanges|GiveUp|Use\w+Key)$/;
/** What the frame does in every function alike, and is tried in one: models-changes writes, observability-events reads; a key's use is noted once a minute. */
const ofEvery = /(PlatformLargeEvents|PutTablePlatformLastUses)$/;
/** Where one grant allows what another one of the same function allows too, so that only both together would be missed; and what takes an hour to be needed. */
const overlapping = [
  'billing-http PresignObjectsBillingExports',
  'billing-http PutObjectsBillingExports',
  'billing-http ReadObjectsBillingExports',
  'billing-transfers PresignObjectsBillingExports',
  'billing-transfers ReadObjectsBillingExports',
  'models-http PresignObjectsModelsArtifacts',
  'models-http PutObjectsModelsArtifacts',
  'models-http ReadObjectsModelsArtifacts',
  'models-schedules DeleteObjectsModelsArtifacts',
];

const Letters = z.object({ data: z.array(z.object({ id: z.string(), source: z.string() })) });
const lettersOf = async (tenant: HttpClient) => Letters.parse((await tenant.get('/v1/dead-letters')).body).data;
const someTenant = async () => {
  const tenant = await newTenant(admin);
  const { body } = await tenant.get<{ tenantId: string }>('/v1/me');
  return { tenant, tenantId: body.tenantId };
};

/** Calls a function as its services do; throws where it fails. */
const invoke = async (name: string | undefined, event: object): Promise<string> => {
  const Payload = new TextEncoder().encode(JSON.stringify(event));
  const answer = await clientsOf(platform.account).lambda.send(new InvokeCommand({ FunctionName: name, Qualifier: 'live', Payload }));
  const said = new TextDecoder().decode(answer.Payload);
  if (answer.FunctionError !== undefined) throw new Error(said);
  return said;
};

const nonEmpty = <T>(list: readonly T[]): readonly T[] | undefined => (list.length > 0 ? list : undefined);

const queue = 'observability-every-event';
const patience = { withinMillis: 60_000, everyMillis: 500 };
const outputs = async () => Outputs.parse(await platform.stack.outputs());

describe('the platform in an account that enforces its roles', () => {
  it('does all that the features ask of it', async () => {
    const said = await platform.try('npx', 'cucumber-js');
    expect(said).toMatch(/^\d+ scenarios \(\d+ passed\)$/m);
  });

  it('keeps what a queue gave up for whose it is', async () => {
    const { tenant, tenantId } = await someTenant();
    const { queues } = await outputs();
    await giveUp(clientsOf(platform.account), queues[queue] ?? '', delivered(tenantId));
    await waitUntil('the dead letter', async () => nonEmpty(await lettersOf(tenant)), patience);
  });

  it('sends back what a queue gave up', async () => {
    const { tenant, tenantId } = await someTenant();
    const { functions, queues } = await outputs();
    // The emulator does not tell a function which queue gave a message up, as AWS does.
    await invoke(functions['observability-dead-letters'], deadLetter(queues[queue] ?? '', delivered(tenantId), platform.account));
    const [letter] = await lettersOf(tenant);
    expect(letter?.source).toBe('observability.every-event');
    expect((await tenant.post(`/v1/dead-letters/${letter?.id}/redrive`)).status).toBe(202);
    expect(await lettersOf(tenant)).toEqual([]);
    const entries = async () => (await tenant.get<{ data: unknown[] }>('/v1/audit?action=engine-tried')).body.data;
    await waitUntil('it to be heard of', async () => nonEmpty(await entries()), patience);
  });

  it('carries an event that is larger than the bus takes', async () => {
    const { tenant, tenantId } = await someTenant();
    const { tables } = await outputs();
    expect((await tenant.post('/v1/models', { name: 'large' })).status).toBe(201);
    await appendLarge(clientsOf(platform.account), tables['models-registry'] ?? '', `${tenantId}#model#large`, 250_000);
    const entries = async () => (await tenant.get<{ data: unknown[] }>('/v1/audit?action=model-created&resource=model/large')).body.data;
    await waitUntil('both events to be heard of', async () => ((await entries()).length === 2 ? true : undefined), patience);
  });

  it('does what its schedules ask of it', async () => {
    const { functions } = await outputs();
    expect(await invoke(functions['models-schedules'], { schedule: 'models.upload-sweep' })).toBe('null');
  });

  it('tells of who asks for what is not his, also where nobody predicts', async () => {
    expect((await admin.get('/v2/models/digits')).status).toBe(403);
    const entries = async () => (await admin.get<{ data: unknown[] }>('/v1/audit?outcome=denied')).body.data;
    await waitUntil('the denial to be heard of', async () => nonEmpty(await entries()), patience);
  });

  it('is refused nothing, and needed every grant', async () => {
    const decisions = platform.account.decisions();
    expect(decisions.filter(({ isAllowed }) => !isAllowed)).toEqual([]);
    const nobodyMissed = unneeded(await grantsOf(clientsOf(platform.account)), decisions);
    expect(nobodyMissed.filter((grant) => !ofServices.test(grant) && !ofEvery.test(grant)).toSorted()).toEqual(overlapping);
  });

  it('fails where a grant is taken away', async () => {
    const { tenant } = await someTenant();
    await takeAway(clientsOf(platform.account), 'models-http', 'AppendTableModelsRegistry');
    expect((await tenant.post('/v1/models', { name: 'refused' })).status).toBe(503);
    // What was changed behind the stack's back is found and put right.
    const { steps } = await platform.stack.up('--refresh');
    expect(steps.filter(({ op }) => op === 'update').map(({ name }) => name)).toEqual(['models-http-grants']);
    expect((await tenant.post('/v1/models', { name: 'granted' })).status).toBe(201);
  });
});
