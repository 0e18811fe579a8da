import type { Resource } from '../../functions/kernel/resources.ts';
import { pascalCase } from './component.ts';

/** The id of the one statement that a grant becomes: `ReadTableModelsRegistry`. */
export const statementId = (verb: string, { kind, context, name }: Resource): string =>
  [verb, kind, context, name].map(pascalCase).join('');
