// The platform's own program, after what changes one of its resources: modules run in the order in which they are named.
import './other-filter.ts';

export * from '../../../stacks/index.ts';
