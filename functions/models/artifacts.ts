import { type Failure, failed, Rejected } from '../../domain/kernel/failure.ts';
import type { Item, Key, Write } from '../../domain/kernel/table.ts';
import type { TenantId } from '../../domain/kernel/tenancy.ts';
import type { PortsOf, Records } from '../kernel/handler.ts';
import { type models, uploads } from './context.ts';

// Versions of the same bytes share one object. Who holds it is kept in the partition of the artifact: `ref#<reference>` for each version, and an
// item `artifact` that says how often that changed, and whether the object is being collected.
const collectingMillis = 15_000;
const pollMillis = 20;
const pollsForCollection = 100;
const attempts = 50;

type Artifact = Item & { readonly version: number; readonly collectingUntil?: string };
type Holding = { readonly tenant: TenantId; readonly digest: string; readonly reference: string };
type Ports = Pick<PortsOf<typeof models>, 'registry' | 'artifacts' | 'clock'>;

const algorithm = 'sha256:';
const hexOf = (digest: string): string => digest.slice(algorithm.length);

/** Where an upload waits until its digest is known. */
export const uploadKey = (tenant: TenantId, id: string): string => `${uploads}${tenant}/${id}`;

/** The key of an artifact's bytes: `<tenant>/sha256/<hex>`. */
export const artifactKey = (tenant: TenantId, digest: string): string => `${tenant}/sha256/${hexOf(digest)}`;

const itemKey = ({ tenant, digest }: Holding): Key => ({ pk: `${tenant}#artifact#${hexOf(digest)}`, sk: 'artifact' });
const unchanged = (artifact: Artifact | undefined) => (artifact === undefined ? ('absent' as const) : { version: artifact.version });
const refKey = (holding: Holding): Key => ({ pk: itemKey(holding).pk, sk: `ref#${holding.reference}` });

/** Keeps the bytes of an upload under their digest, held by the reference; what is there already is not written again. */
export const holdArtifact = async (holding: Holding, upload: string, { registry, artifacts, clock }: Ports): Promise<string | Failure> => {
  const refused = await refer(registry, holding, clock);
  if (refused) return refused;
  const key = artifactKey(holding.tenant, holding.digest);
  const copied = await artifacts.copy(upload, key, { ifNoneMatch: '*' });
  return 'code' in copied && copied.code !== 'object-exists' ? copied : key;
};

const busy = () => failed('unavailable', 'artifact-busy', 'The same bytes are being removed at this moment; try again.');

const isBeingCollected = ({ collectingUntil }: Artifact, clock: Ports['clock']): boolean =>
  collectingUntil !== undefined && collectingUntil > clock.now().toISOString();

const refer = async (registry: Records, holding: Holding, clock: Ports['clock']): Promise<Failure | undefined> => {
  for (let polls = 0; polls < pollsForCollection; polls++) {
    const artifact = (await registry.get(itemKey(holding))) as Artifact | undefined;
    if (artifact !== undefined && isBeingCollected(artifact, clock)) {
      await new Promise((resolve) => setTimeout(resolve, pollMillis));
      continue;
    }
    const held: Artifact = { ...itemKey(holding), version: (artifact?.version ?? 0) + 1 };
    const writes: Write[] = [
      { type: 'put', item: held, if: unchanged(artifact) },
      { type: 'put', item: refKey(holding) },
    ];
    if ((await registry.transact(held.pk, writes)).written) return undefined;
  }
  return busy();
};

/** Lets a reference go; the bytes go with the last one. Doing so again finishes what was broken off. */
export const releaseArtifact = async (holding: Holding, { registry, artifacts, clock }: Ports): Promise<void> => {
  await registry.delete(refKey(holding));
  const collecting = await beginCollection(registry, holding, clock);
  if (collecting === undefined) return;
  await artifacts.delete(artifactKey(holding.tenant, holding.digest));
  await registry.delete(itemKey(holding), { version: collecting.version });
};

// Whoever wants to hold the bytes from here on waits until they are gone, and then brings its own.
const beginCollection = async (registry: Records, holding: Holding, clock: Ports['clock']): Promise<Artifact | undefined> => {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const key = itemKey(holding);
    const artifact = (await registry.get(key)) as Artifact | undefined;
    if (artifact === undefined || (await registry.query(key.pk, { prefix: 'ref#' }, { limit: 1 })).items.length > 0) return undefined;
    if (isBeingCollected(artifact, clock)) throw new Rejected(busy());
    const collectingUntil = new Date(clock.now().getTime() + collectingMillis).toISOString();
    const collecting: Artifact = { ...key, version: artifact.version + 1, collectingUntil };
    if ((await registry.put(collecting, { version: artifact.version })).written) return collecting;
  }
  throw new Rejected(busy());
};
