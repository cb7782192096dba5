/** What the suite's programs do, for a container that has Node and nothing of this repository. */
const SCRIPT = `
const program = JSON.parse(process.argv[1])
const stay = () => setInterval(() => {}, 1 << 30)
const behaviours = {
  serve: () => require('http').createServer((request, response) => response.end(program.body ?? 'hello')).listen(program.port),
  exit: () => setTimeout(() => process.exit(program.code), program.afterMs ?? 0),
  stay: () => {
    if (program.onTerm === 'ignore') process.on('SIGTERM', () => {})
    if (program.onTerm === 'exit-0') process.on('SIGTERM', () => process.exit(0))
    stay()
    if (program.say) console.log(program.say)
  },
  print: () => {
    for (const piece of program.out ?? []) process.stdout.write(piece)
    for (const piece of program.err ?? []) process.stderr.write(piece)
    if (program.end === 'stay') stay()
  },
}
behaviours[program.kind]()
`

/** The command of a program of the conformance suite; `serve` listens on `port`. */
export function suiteProgram(program: { readonly kind?: unknown; readonly port?: unknown }): readonly string[] {
  return ['node', '-e', SCRIPT, JSON.stringify(program)]
}
