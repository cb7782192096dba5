// The import matrix of the house. One row per folder; what a row does not name, the folder may not import.
// Type-only imports obey the same rules.

/** Folders of src that each folder may import besides itself. */
const matrix = {
  kernel: [],
  model: ['kernel'],
  definitions: ['kernel', 'model', 'scaling'],
  dialects: ['kernel', 'model', 'definitions'],
  plan: ['kernel', 'model', 'definitions'],
  scaling: ['kernel', 'model'],
  routing: ['kernel', 'model'],
  reload: ['kernel', 'model'],
  control: ['kernel', 'model', 'definitions', 'dialects', 'plan', 'scaling', 'routing', 'reload', 'wire'],
  simulate: ['kernel', 'model', 'definitions', 'dialects', 'plan', 'scaling', 'routing', 'reload', 'control', 'wire'],
  wire: ['kernel', 'model'],
  cli: ['kernel', 'model', 'definitions', 'dialects', 'simulate', 'wire'],
  dashboard: ['wire'],
  testing: ['kernel', 'model', 'wire'],
}

const ours = '^(src|sidecars|runtime|test|scripts)/'
const compositionRoots = '^runtime/(main|cli)\\.ts$'
const src = (folders) => `^src/(${folders.join('|')})/`

const rows = Object.entries(matrix).map(([folder, allowed]) => ({
  name: `src-${folder}`,
  comment: `src/${folder} may import ${allowed.map((name) => `src/${name}`).join(', ') || 'nothing of ours'}.`,
  severity: 'error',
  from: { path: src([folder]) },
  to: { path: ours, pathNot: src([folder, ...allowed]) },
}))

/**
 * Packages whose code is part of the programs in dist. They are development dependencies, because who installs minipaas has no
 * use for a second copy; a new one is a decision, made here.
 */
const bundledPackages = [
  '@balena/dockerignore',
  '@grpc/grpc-js',
  '@redis/client',
  'amqplib',
  'chokidar',
  'commander',
  'dockerode',
  'express',
  'kafkajs',
  'mongodb',
  'mysql2',
  'pg',
  'picocolors',
  'tar-stream',
  'ws',
  'yaml',
  'zod',
]

/** Packages that belong to one adapter only. */
const packageHomes = {
  dockerode: '^runtime/engines/docker/',
  '@balena/dockerignore': '^runtime/engines/docker/images/',
  express: '^runtime/api/',
  chokidar: '^runtime/watch/',
  commander: '^(src/cli/|runtime/cli\\.ts$)',
  '@grpc/grpc-js': '^runtime/meters/readers/external',
  '@redis/client': '^runtime/meters/readers/redis-',
  amqplib: '^runtime/meters/readers/rabbitmq-amqp',
  kafkajs: '^runtime/meters/readers/kafka',
  mongodb: '^runtime/meters/readers/mongodb',
  mysql2: '^runtime/meters/readers/mysql',
  pg: '^runtime/meters/readers/postgresql',
}

const homes = Object.entries(packageHomes).map(([name, home]) => ({
  name: `home-of-${name}`,
  comment: `The package ${name} may be imported only where ${home} matches, so that its types stay behind our contract.`,
  severity: 'error',
  from: { path: '^(src|sidecars|runtime)/', pathNot: home },
  to: { path: `(^|/)node_modules/(@types/)?${name}/|^${name}$` },
}))

export default {
  forbidden: [
    ...rows,
    ...homes,
    {
      name: 'src-unknown-folder',
      comment: 'A file in src belongs to a folder of the matrix; a new folder needs a row there first.',
      severity: 'error',
      from: { path: '^src/', pathNot: src(Object.keys(matrix)) },
      to: {},
    },
    {
      name: 'sidecars',
      comment: 'sidecars may import src/kernel, src/model and src/definitions.',
      severity: 'error',
      from: { path: '^sidecars/' },
      to: { path: ours, pathNot: ['^sidecars/', src(['kernel', 'model', 'definitions'])] },
    },
    {
      name: 'sidecars-apart',
      comment: 'One folder of sidecars does not import another.',
      severity: 'error',
      from: { path: '^sidecars/([^/]+)/' },
      to: { path: '^sidecars/[^/]+/', pathNot: '^sidecars/$1/' },
    },
    {
      name: 'runtime',
      comment:
        'runtime may import src/kernel, model, definitions, routing, control, wire and sidecars, and runtime/meters src/scaling/readings; only runtime/main.ts and runtime/cli.ts more.',
      severity: 'error',
      from: { path: '^runtime/', pathNot: compositionRoots },
      to: {
        path: ours,
        pathNot: [
          '^runtime/',
          '^sidecars/',
          '^src/scaling/readings/',
          src(['kernel', 'model', 'definitions', 'routing', 'control', 'wire']),
        ],
      },
    },
    {
      name: 'readings-by-meters',
      comment: 'Of src/scaling the runtime sees only the arithmetic of readings, and only where triggers are read.',
      severity: 'error',
      from: { path: '^runtime/', pathNot: ['^runtime/meters/', compositionRoots] },
      to: { path: src(['scaling']) },
    },
    {
      name: 'runtime-apart',
      comment:
        'Subfolders of runtime do not import each other; only runtime/main.ts, runtime/cli.ts and runtime/daemon wire. The one leaf that all of them may use is runtime/process-identity: engine, guard, edge and daemon must agree on what a living process is.',
      severity: 'error',
      from: { path: '^runtime/([^/]+)/', pathNot: '^runtime/daemon/' },
      to: { path: '^runtime/', pathNot: '^runtime/($1|process-identity)/' },
    },
    {
      name: 'process-identity-leaf',
      comment: 'runtime/process-identity imports nothing else of runtime.',
      severity: 'error',
      from: { path: '^runtime/process-identity/' },
      to: { path: '^runtime/', pathNot: '^runtime/process-identity/' },
    },
    {
      name: 'runtime-roots-on-top',
      comment: 'Nothing in runtime imports a composition root.',
      severity: 'error',
      from: { path: '^(src|sidecars|runtime)/' },
      to: { path: compositionRoots },
    },
    {
      name: 'runtime-programs-apart',
      comment: 'edge, guard and meters are programs of their own: they share code with the daemon only through src.',
      severity: 'error',
      from: { path: '^(src|sidecars|runtime)/', pathNot: '^runtime/(edge|guard|meters)/' },
      to: { path: '^runtime/(edge|guard|meters)/' },
    },
    {
      name: 'engines-apart',
      comment: 'One engine does not import another; what two of them need is in runtime/engines/shared, which imports neither.',
      severity: 'error',
      from: { path: '^runtime/engines/([^/]+)/' },
      to: { path: '^runtime/engines/[^/]+/', pathNot: '^runtime/engines/($1|shared)/' },
    },
    {
      name: 'src-no-node',
      comment: 'Inside src only cli and testing touch Node; kernel/hash.ts may use node:crypto.',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(cli|testing)/', '^src/kernel/hash\\.ts$'] },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'hash-only-crypto',
      comment: 'kernel/hash.ts may use node:crypto and no other module of Node.',
      severity: 'error',
      from: { path: '^src/kernel/hash\\.ts$' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?crypto$' },
    },
    {
      name: 'nothing-imports-test',
      comment: 'Tests and scripts may import everything; nothing imports them.',
      severity: 'error',
      from: { path: '^(src|sidecars|runtime)/' },
      to: { path: '^(test|scripts)/' },
    },
    {
      name: 'no-dev-packages',
      comment: `Shipped code imports no package but those that the build bundles: ${bundledPackages.join(', ')}.`,
      severity: 'error',
      from: { path: '^(src|sidecars|runtime)/' },
      to: {
        dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown'],
        dependencyTypesNot: ['type-only'],
        pathNot: `(^|/)node_modules/(@types/|(${bundledPackages.join('|')})/)`,
      },
    },
    {
      name: 'no-cycles',
      comment: 'No cycles, value or type.',
      severity: 'error',
      from: { path: ours },
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: { path: ours },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^dist/', '^node_modules/\\.cache/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
}
