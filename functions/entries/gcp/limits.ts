/** Cloud Run carries so many bytes of a request, and of an answer that is not sent in chunks (https://cloud.google.com/run/quotas). */
export const carriedBytes = 32 * 1024 * 1024;
