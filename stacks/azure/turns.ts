import type { CustomResourceOptions, Resource } from '@pulumi/pulumi';

/** Makes a resource once the one before it is made, and lets it go before that one. */
export type InTurn = <R extends Resource>(make: (after: Pick<CustomResourceOptions, 'dependsOn'>) => R) => R;

/**
 * Turns for what a service takes one at a time, in the order in which the program says it. An account of Cosmos DB answers 412 `PreconditionFailed` to
 * whoever changes its roles or assigns them while somebody else does, and the provider does not try again
 * (https://github.com/hashicorp/terraform-provider-azurerm/issues/15842).
 */
export const turns = (): InTurn => {
  let last: Resource | undefined;
  return (make) => {
    const made = make(last === undefined ? {} : { dependsOn: last });
    last = made;
    return made;
  };
};
