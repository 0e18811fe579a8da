/** The folder to put first on `PATH`, so that `pulumi` is the engine built here. */
export const engineFolder: string;
export const pulumiPath: string;
/** Builds the Pulumi CLI where that has not been done; gives its path. Needs Go 1.26. */
export const buildEngine: () => Promise<string>;
