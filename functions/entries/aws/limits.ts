/**
 * Lambda carries 6,291,556 bytes a call, as JSON; binary bodies are in it as base64. These bounds leave room for the headers (in bytes; text as it is
 * escaped in JSON).
 */
export const carriedText = 6_000_000;
export const carriedBytes = 4_500_000;
