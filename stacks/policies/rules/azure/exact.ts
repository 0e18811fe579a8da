import type { ResourceRule } from '../../rule.ts';

/** Types of Azure have no end by which one is told from another that begins with it: `web:WebApp` and `web:WebAppFtpAllowed`. */
export const exact = (rules: readonly ResourceRule[]): readonly ResourceRule[] =>
  rules.map((rule) => ({
    ...rule,
    breaks: (resource, environment) =>
      rule.types.some((type) => type === resource.type || (type.endsWith(':') && resource.type.startsWith(type)))
        ? rule.breaks(resource, environment)
        : undefined,
  }));
