/** Does something with each of a stream, so many at once; the results in their order. What was begun has ended when this throws. */
export const eachOf = async <T, R>(
  source: AsyncIterable<T>,
  atOnce: number,
  use: (value: T, index: number) => Promise<R>,
): Promise<readonly R[]> => {
  const results: Promise<R>[] = [];
  const running = new Set<Promise<R>>();
  try {
    for await (const value of source) {
      const result = use(value, results.length);
      results.push(result);
      running.add(result);
      // One that failed stays, for the race to end with it.
      result.then(
        () => running.delete(result),
        () => undefined,
      );
      if (running.size >= atOnce) await Promise.race(running);
    }
    return await Promise.all(results);
  } catch (error) {
    await Promise.allSettled(results);
    throw error;
  }
};
