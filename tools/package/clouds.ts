import { fileURLToPath } from 'node:url';
import { awsAlias } from './aws-alias.ts';

/** Where functions are deployed to; esbuild's condition of the same name chooses the adapters. */
export type CloudName = 'aws' | 'azure' | 'gcp';

type Recipe = {
  /** What takes the place of a package. */
  readonly alias: Readonly<Record<string, string>>;
  /** What the cloud itself gives a function, beside Node's own modules. */
  readonly given: readonly string[];
  /** Of all code of a function, also what it loads in time, minified and without libraries for models and exports, in bytes. */
  readonly mostBytes: number;
};

const installed = (path: string): string => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));

/**
 * `@azure/functions` is bundled as its authors wrote it (`src`): what they publish beside that is one file, of which a bundle would hold all, more than
 * twice what it needs. Its sources ask for this package as CommonJS has it.
 */
const azureAlias = {
  '@azure/functions-extensions-base': installed('@azure/functions-extensions-base/dist/azure-functions-extensions-base.js'),
};

export const recipes: Readonly<Record<CloudName, Recipe>> = {
  aws: { alias: awsAlias, given: [], mostBytes: 400_000 },
  azure: {
    alias: azureAlias,
    given: ['@azure/functions-core'],
    mostBytes: 250_000,
  },
  gcp: { alias: {}, given: [], mostBytes: 250_000 },
};

/** Of vendors' clients none is in a bundle: `@azure/functions` is no client, it is how Azure calls. */
export const vendorSdk =
  /node_modules\/(?:@aws-sdk|@smithy|@google-cloud|google-auth-library|@grpc|@azure\/(?!functions\/|functions-extensions-base\/))/;
