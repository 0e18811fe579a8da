import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{domain,events,functions,adapters,tools,examples}/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/*.emulator.test.ts', '**/*.engine.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: {
      provider: 'v8',
      include: ['domain/**/*.ts', 'events/**/*.ts', 'functions/**/*.ts'],
      exclude: ['**/*.test.ts', 'functions/entries/local.ts', 'functions/entries/*/test-crash*.ts', 'functions/entries/crash/test-*.ts'],
      reporter: ['text-summary'],
      thresholds: { lines: 90, functions: 90, statements: 90 },
    },
  },
});
