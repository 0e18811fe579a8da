/**
 * Texts whose order is the same by bytes of UTF-8 and by units of UTF-16: nobody documents by which Cosmos DB compares, and they disagree about
 * characters beyond the basic plane. What lies from U+D700 on becomes two characters before it; all else, so nearly everything, stays as it is.
 */
const first = 0xd700;
const lowBits = 13;
const lowOffset = 0x100;

/** Throws nothing: halves of surrogate pairs have been refused before. */
export const ordered = (text: string): string =>
  text.replaceAll(/[\u{d700}-\u{10ffff}]/gu, (character) => {
    const rest = (character.codePointAt(0) ?? first) - first;
    return String.fromCharCode(first + (rest >> lowBits), lowOffset + (rest & ((1 << lowBits) - 1)));
  });

/** The text that `ordered` was given. */
export const unordered = (text: string): string =>
  text.replaceAll(/[\ud700-\ud7ff][\u0100-\u20ff]/g, (pair) =>
    String.fromCodePoint(first + ((pair.charCodeAt(0) - first) << lowBits) + (pair.charCodeAt(1) - lowOffset)),
  );
