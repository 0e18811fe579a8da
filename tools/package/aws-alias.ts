import { fileURLToPath } from 'node:url';

const file = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What takes the place of the AWS SDK in a bundle: esbuild's `alias`. dynamodb-toolbox asks for these two packages and nothing more of the SDK. */
export const awsAlias: Readonly<Record<string, string>> = {
  '@aws-sdk/lib-dynamodb': file('adapters/aws/document-commands.ts'),
  '@aws-sdk/util-dynamodb': file('adapters/aws/attribute-values.ts'),
};
