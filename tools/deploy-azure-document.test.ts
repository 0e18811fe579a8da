import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { builtInRoles } from '../stacks/azure/built-in-roles.ts';
import { Options } from '../stacks/azure/options.ts';
import { narrowRoles } from '../stacks/policies/rules/azure/roles.ts';

const guide = readFileSync(new URL('../docs/deploy-azure.md', import.meta.url), 'utf8');

describe('the guide to Azure', () => {
  it('tells every key of the configuration', () =>
    expect(Object.keys(Options.shape).filter((key) => !guide.includes(`\`${key}\``) && !guide.includes(`platform:${key}`))).toEqual([]));
  it('names every role that the program assigns', () => {
    const text = guide.replaceAll(/\s+/g, ' ');
    expect(Object.values(builtInRoles).filter((id) => !text.includes(narrowRoles[id]?.name ?? 'nothing'))).toEqual([]);
  });
  it('leads to headings that it has', () => {
    const headings = [...guide.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...guide.matchAll(/\]\(#([^)]+)\)/g)].map(([, target = '']) => target);
    expect(links.filter((target) => !headings.includes(target))).toEqual([]);
  });
});
