import { describe, expect, it } from 'vitest';
import { type Resource, resourceVariable } from '../../functions/kernel/resources.ts';
import { statementsOf } from './role.ts';

describe('what a role is granted', () => {
  const resource: Resource = { kind: 'table', context: 'models', name: 'registry' };
  const places = new Map([[resourceVariable(resource), { arn: 'arn', value: 'name' }]]);

  it('is a statement of its own for each verb', () => {
    const made = statementsOf([{ resource, verbs: ['read', 'append'] }], places);
    expect(made.map(({ Sid }) => Sid)).toEqual(['ReadTableModelsRegistry', 'AppendTableModelsRegistry']);
  });

  it('is refused where nobody has given the verb a meaning on AWS, or nothing was made for the resource', () => {
    expect(() => statementsOf([{ resource, verbs: ['presign'] }], places)).toThrow('verb-without-meaning');
    expect(() => statementsOf([{ resource: { ...resource, name: 'other' }, verbs: ['read'] }], places)).toThrow('unknown-resource');
  });
});
