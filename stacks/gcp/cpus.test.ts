import { describe, expect, it } from 'vitest';
import { cpusFor } from './cpus.ts';

describe('the CPUs of an instance', () => {
  it('are one for as long as Cloud Run lets one have the memory', () => expect([256, 512, 4096].map(cpusFor)).toEqual([1, 1, 1]));
  it('are as many as its memory needs', () =>
    expect([4097, 8192, 8193, 16_384, 16_385, 24_576, 24_577, 32_768].map(cpusFor)).toEqual([2, 2, 4, 4, 6, 6, 8, 8]));
});
