import type { Input } from '@pulumi/pulumi';

/** Where the resources of a stack live, and what all of them are tagged with: providers of Azure have no tags of their own. */
export type Home = {
  readonly resourceGroupName: Input<string>;
  readonly location: string;
  readonly tags: { readonly [tag: string]: string };
};

export const placed = ({ resourceGroupName, location }: Home) => ({ resourceGroupName, location });

/** The stack's tags, and whose costs a resource causes. */
export const tagsOf = ({ tags }: Home, context: string): { [tag: string]: string } => ({ ...tags, 'hybrid:context': context });
