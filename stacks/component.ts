import type { CustomResourceOptions } from '@pulumi/pulumi';

/** What a child resource is to have otherwise than the component makes it: the way out to all that a cloud can do. */
export type Transform<Args> = Partial<Args>;

/** One for each kind of child that a component has, by the last part of its name. */
export type TransformEach<Children> = { readonly [Child in keyof Children]?: Transform<Children[Child]> };

export const transformed = <Args>(args: Args, transform: Transform<Args> | undefined): Args => ({ ...args, ...transform });

/** Data that is protected neither goes with a mistaken `destroy` nor with the program that made it; its replacement is refused by the engine. */
export const ofData = (protectsData: boolean): CustomResourceOptions => (protectsData ? { protect: true, retainOnDelete: true } : {});
