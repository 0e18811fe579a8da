import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Secrets } from '../../domain/kernel/secrets.ts';
import { proofsOf } from './proof.ts';
import type { Target } from './semantics.ts';

/** A secrets store under test; `reopen` gives another instance on the same secrets, as another process would have. */
export type SecretsUnderTest = { readonly secrets: Secrets; reopen(): Promise<Secrets>; close(): Promise<void> };

/** What every `Secrets` does, whatever lies beneath it. */
export const secretsConformance = (target: Target, start: () => Promise<SecretsUnderTest>): void => {
  describe(`the secrets on ${target}`, () => {
    const { observed } = proofsOf('Secrets', target);
    let under: SecretsUnderTest;
    beforeEach(async () => {
      const made = await start();
      under = { ...made, secrets: observed(made.secrets), reopen: async () => observed(await made.reopen()) };
    });
    afterEach(() => under.close());

    it('give back what was put', async () => {
      await under.secrets.put('signing-key', 'sesame');
      expect(await under.secrets.get('signing-key')).toBe('sesame');
    });

    it('know nothing of a name that was never put', async () => {
      await under.secrets.put('signing-key', 'sesame');
      expect(await under.secrets.get('other')).toBeUndefined();
      expect(await under.secrets.get('constructor')).toBeUndefined();
    });

    it('show a rotation at once to the process that did it', async () => {
      await under.secrets.put('signing-key', 'old');
      expect(await under.secrets.get('signing-key')).toBe('old');
      await under.secrets.put('signing-key', 'new');
      expect(await under.secrets.get('signing-key')).toBe('new');
    });

    it('outlive the process that put them', async () => {
      await under.secrets.put('signing-key', 'sesame');
      expect(await (await under.reopen()).get('signing-key')).toBe('sesame');
    });

    it.each([[''], ['ä 🙂 "quoted"\nand broken\\'], ['x'.repeat(20_000)]])('hold the value %#', async (value) => {
      await under.secrets.put('signing-key', value);
      expect(await (await under.reopen()).get('signing-key')).toBe(value);
    });

    it('lose none of many put at once', async () => {
      const names = Array.from({ length: 20 }, (_, index) => `name-${index}`);
      await Promise.all(names.map((each) => under.secrets.put(each, `value of ${each}`)));
      const again = await under.reopen();
      expect(await Promise.all(names.map((each) => again.get(each)))).toEqual(names.map((each) => `value of ${each}`));
    });
  });
};
