const quote = 0x22;
const backslash = 0x5c;

/** Whether JSON text (UTF-8) nests arrays and objects deeper than `limit`: one pass over the bytes, so that it can be asked before parsing. */
export const nestsDeeperThan = (json: Uint8Array, limit: number): boolean => {
  let depth = 0;
  for (let i = 0; i < json.length; i++) {
    const byte = json[i];
    if (byte === quote) i = endOfString(json, i);
    // `[` and `{`, `]` and `}` differ in one bit only.
    else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > limit) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
};

const endOfString = (json: Uint8Array, start: number): number => {
  let i = start + 1;
  while (i < json.length && json[i] !== quote) i += json[i] === backslash ? 2 : 1;
  return i;
};
