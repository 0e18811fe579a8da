/** Imports go one way. The rules are those of docs/adr/0001-the-house.md. */
const layer = (name, from, allowed, pathNot) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: ['\\.test\\.ts$', ...(pathNot ?? [])] },
  to: { pathNot: [...allowed, '^node_modules', 'node_modules'], dependencyTypesNot: ['core', 'npm', 'npm-dev'] },
});
export default {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    layer('domain-is-pure', '^domain/', ['^domain/']),
    layer('events-know-the-kernel', '^events/', ['^events/', '^domain/kernel/']),
    layer('functions-know-domain-and-events', '^functions/', ['^functions/', '^domain/', '^events/'], ['^functions/entries/']),
    layer(
      'entries-know-functions-and-the-cloud',
      '^functions/entries/',
      ['^functions/', '^domain/', '^events/', '^adapters/[a-z]+/index\\.ts$'],
      ['/test-[^/]+\\.ts$'],
    ),
    layer('adapters-know-ports', '^adapters/', ['^adapters/', '^domain/', '^events/'], ['/test-[^/]+\\.ts$']),
    layer('stacks-know-declarations', '^stacks/', [
      '^stacks/',
      '^domain/',
      '^functions/contexts\\.ts$',
      '^functions/kernel/(context|resources|units|authentication|origin)\\.ts$',
      '^tools/package/index\\.ts$',
    ]),
    {
      name: 'what-runs-knows-no-stack',
      severity: 'error',
      from: { path: '^(domain|events|functions|adapters)/' },
      to: { path: '^(stacks|infra-tests)/' },
    },
    {
      name: 'a-cloud-knows-no-other-cloud',
      severity: 'error',
      from: { path: '^(adapters|stacks)/(local|aws|azure|gcp)/' },
      to: { path: '^(adapters|stacks)/(local|aws|azure|gcp)/', pathNot: '^$1/$2/' },
    },
    {
      name: 'what-clouds-share-knows-no-cloud',
      severity: 'error',
      from: { path: '^adapters/(cloud|onnx|duckdb)/', pathNot: '\\.test\\.ts$' },
      to: { path: '^adapters/(local|aws|azure|gcp)/' },
    },
    {
      name: 'domain-does-no-io',
      severity: 'error',
      from: { path: '^domain/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'a-context-never-imports-another',
      severity: 'error',
      from: {
        path: '^(domain|functions)/(identity|models|features|inference|billing|observability|integrations|platform)/',
        pathNot: '\\.test\\.ts$',
      },
      to: {
        path: '^(domain|functions)/(identity|models|features|inference|billing|observability|integrations|platform)/',
        pathNot: '^(domain|functions)/$2/',
      },
    },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: '^(domain|events|functions|adapters)/', pathNot: ['\\.test\\.ts$', '\\.d\\.ts$'] },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
