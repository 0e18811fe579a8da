import type { CustomResourceOptions, Input } from '@pulumi/pulumi';

/** What a child resource is to have otherwise than the component makes it: the way out to all that a cloud can do. */
export type Transform<Args> = Partial<Args>;

/** One for each kind of child that a component has, by the last part of its name. */
export type TransformEach<Children> = { readonly [Child in keyof Children]?: Transform<Children[Child]> };

export const transformed = <Args>(args: Args, transform: Transform<Args> | undefined): Args => ({ ...args, ...transform });

/** Data that is protected neither goes with a mistaken `destroy` nor with the program that made it; its replacement is refused by the engine. */
export const ofData = (protectsData: boolean): CustomResourceOptions => (protectsData ? { protect: true, retainOnDelete: true } : {});

/** Whose costs a resource causes. Everything else that a resource is tagged with comes from the provider of the stack. */
export const contextTag = (context: string) => ({ 'hybrid:context': context });

/** `models.upload-sweep` as `ModelsUploadSweep`: what ids of policy statements may consist of. */
export const pascalCase = (text: string): string =>
  text
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** A statement of a policy, as AWS writes it. */
export type Statement = {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: '*' | { readonly Service: string } | { readonly AWS: Input<string> };
  readonly Action: readonly string[];
  readonly Resource?: Input<string> | readonly Input<string>[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: Input<string> | readonly Input<string>[] } };
};

/** Refuses whoever comes without TLS. It grants nobody anything. */
export const tlsOnly = (action: string, resources: readonly Input<string>[]): Statement => ({
  Sid: 'TlsOnly',
  Effect: 'Deny',
  Principal: '*',
  Action: [action],
  Resource: resources,
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
});
