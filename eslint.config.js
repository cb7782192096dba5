import tseslint from 'typescript-eslint'

const useClock =
  'Take a Clock (src/kernel/clock.ts) as a parameter; only runtime/time and the system-clock.ts of a program read the real one.'
const useSleep = 'Use clock.sleep or clock.at of the Clock passed in; in tests advance the virtual clock, or `eventually` from test/kit.'
const useRandom = 'Take a seeded random source as a parameter, so that a run can be repeated.'

const clockGlobals = [
  { name: 'Date', message: useClock },
  { name: 'performance', message: useClock },
  { name: 'setTimeout', message: useSleep },
  { name: 'setInterval', message: useSleep },
  { name: 'setImmediate', message: useSleep },
]
const clockProperties = [
  { object: 'Math', property: 'random', message: useRandom },
  { object: 'process', property: 'hrtime', message: useClock },
  { object: 'process', property: 'uptime', message: useClock },
  { object: 'AbortSignal', property: 'timeout', message: useSleep },
]
const clockModules = ['timers', 'timers/promises', 'perf_hooks'].flatMap((name) => [
  { name: `node:${name}`, message: useSleep },
  { name, message: useSleep },
])

/** Places that are the real clock, or clients at the edge of the program. Everything else is told the time. */
export const realTimePlaces = [
  'runtime/time/**',
  'src/cli/**',
  'src/testing/**',
  'runtime/{edge,guard,meters}/system-clock.ts',
  'sidecars/dapr-lite/system-clock.ts',
]

/** @param {{ globals?: string[], properties?: string[], modules?: string[] }} except names that a place may use */
function timeRules(except = {}) {
  const keep = (names) => (entry) => !names?.includes(entry.name ?? `${entry.object}.${entry.property}`)
  return {
    'no-restricted-globals': [
      'error',
      { globals: clockGlobals.filter(keep(except.globals)), checkGlobalObject: true, globalObjects: ['globalThis', 'global'] },
    ],
    'no-restricted-properties': ['error', ...clockProperties.filter(keep(except.properties))],
    'no-restricted-imports': ['error', { paths: clockModules.filter(keep(except.modules)) }],
  }
}

export default [
  { ignores: ['dist/', 'node_modules/', 'samples/', 'coverage/', '**/fixtures/', '**/*.js', '**/*.mjs', '**/*.cjs'] },
  {
    files: ['{src,sidecars,runtime,test}/**/*.ts'],
    languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { noInlineConfig: true },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/await-thenable': 'error',
      ...timeRules(),
    },
  },
  { files: ['src/kernel/virtual-clock.ts'], rules: timeRules({ globals: ['setImmediate'] }) },
  { files: ['test/bench/**/*.ts'], rules: timeRules({ globals: ['performance'], properties: ['process.hrtime'] }) },
  {
    files: realTimePlaces,
    rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': 'off', 'no-restricted-properties': 'off' },
  },
  {
    files: ['runtime/time/**', 'src/cli/**', 'src/testing/**'],
    rules: { 'no-restricted-properties': ['error', clockProperties.find((entry) => entry.property === 'random')] },
  },
]
