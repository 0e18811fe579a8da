import type { BlobContainer } from './blob-container.ts';
import { isAzureError } from './errors.ts';

const isMissing = (error: unknown): boolean => isAzureError(error, 'BlobNotFound');

/** Expected where the lease ended by itself meanwhile, or the blob went. */
const isOver = (error: unknown): boolean => isMissing(error) || isAzureError(error, 'LeaseNotPresentWithLeaseOperation');

const unless =
  (isExpected: (error: unknown) => boolean) =>
  (error: unknown): void => {
    if (!isExpected(error)) throw error;
  };

/**
 * Removes a blob, whatever whoever had a URL to write to it has done there: the URL also lets him make snapshots of the blob, without which it is not
 * removed alone, and lease it, for ever if he likes (https://learn.microsoft.com/rest/api/storageservices/lease-blob). Whoever may write may break
 * a lease.
 */
export const deleteBlob = async (container: BlobContainer, name: string): Promise<void> => {
  const remove = async (): Promise<void> => {
    await container.call('DeleteBlob', 'DELETE', { name, headers: { 'x-ms-delete-snapshots': 'include' } }).catch(unless(isMissing));
  };
  try {
    await remove();
  } catch (error) {
    if (!isAzureError(error, 'LeaseIdMissing')) throw error;
    const headers = { 'x-ms-lease-action': 'break', 'x-ms-lease-break-period': '0' };
    await container.call('BreakLease', 'PUT', { name, parameters: { comp: 'lease' }, headers }).catch(unless(isOver));
    await remove();
  }
};
