import * as z from 'zod';

/** A policy document, given as JSON or as what JSON says. */
export const Policy = z.union([z.string(), z.record(z.string(), z.unknown()).transform((document) => JSON.stringify(document))]);
