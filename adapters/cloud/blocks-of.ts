/** Bytes in blocks of `blockBytes`, the last of which may be shorter. */
export async function* blocksOf(source: AsyncIterable<Uint8Array>, blockBytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    let rest = chunk;
    while (bytes + rest.byteLength >= blockBytes) {
      const wanted = blockBytes - bytes;
      yield Buffer.concat([...held, rest.subarray(0, wanted)]);
      rest = rest.subarray(wanted);
      [held, bytes] = [[], 0];
    }
    if (rest.byteLength === 0) continue;
    held.push(rest);
    bytes += rest.byteLength;
  }
  if (bytes > 0) yield Buffer.concat(held);
}
