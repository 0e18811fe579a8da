/** How far handling came: `at` is the first thing that could not be handled and why; all of them could where it is their number. */
export type Progress = { readonly at: number; readonly error?: unknown };

/**
 * Handles things in their order, as many at once as can be: where all at once fails, the first half of them and then the rest, and so on. What
 * comes before the first that cannot be handled alone is handled once it ends; nothing behind it is tried alone.
 */
export const firstUnhandled = async <T>(things: readonly T[], handle: (things: readonly T[]) => Promise<void>): Promise<Progress> => {
  if (things.length === 0) return { at: 0 };
  try {
    await handle(things);
    return { at: things.length };
  } catch (error) {
    if (things.length === 1) return { at: 0, error };
  }
  const half = Math.ceil(things.length / 2);
  const first = await firstUnhandled(things.slice(0, half), handle);
  if (first.at < half) return first;
  const rest = await firstUnhandled(things.slice(half), handle);
  return { ...rest, at: half + rest.at };
};
