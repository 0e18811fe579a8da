/**
 * Pulumi takes the stack trace of each promise and each resource that it makes, thousands in all, and two libraries look each frame up in source maps:
 * that takes as long as everything else the program does. What a person can put right is told without a trace anyway.
 */
export const plainStackTraces = (): void => {
  process.setSourceMapsEnabled(false);
  Reflect.deleteProperty(Error, 'prepareStackTrace');
};
