/** The host takes no larger body (`FUNCTIONS_REQUEST_BODY_SIZE_LIMIT`). */
export const carriedBytes = 100 * 1024 * 1024;

/** Until an app answers for itself, as on every cloud: what is before it waits a little longer. */
export const timeoutMillis = 28_000;
