interface Instruction {
  readonly name: string
  readonly args: string
}

/** The command that the last stage of a Dockerfile runs: its ENTRYPOINT followed by its CMD; undefined when it has none. */
export function readDockerCommand(text: string): readonly string[] | undefined {
  let entrypoint: string | undefined
  let command: string | undefined
  for (const { name, args } of instructions(text)) {
    if (name === 'FROM') {
      entrypoint = undefined
      command = undefined
    } else if (name === 'ENTRYPOINT') {
      entrypoint = args
      command = undefined
    } else if (name === 'CMD') command = args
  }
  if (entrypoint === undefined) return command === undefined ? undefined : wordsOf(command)
  const first = execForm(entrypoint)
  // A shell-form ENTRYPOINT ignores CMD. Source: Dockerfile reference.
  if (first === undefined) return shellForm(entrypoint)
  return [...first, ...(command === undefined ? [] : wordsOf(command))]
}

function* instructions(text: string): Generator<Instruction> {
  let pending = ''
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*#/.test(line) || (pending === '' && line.trim() === '')) continue
    pending += line.replace(/\\\s*$/, ' ')
    if (/\\\s*$/.test(line)) continue
    const match = /^\s*([A-Za-z]+)\s+(.*)$/.exec(pending.trim())
    if (match !== null) yield { name: (match[1] ?? '').toUpperCase(), args: (match[2] ?? '').trim() }
    pending = ''
  }
}

function wordsOf(args: string): readonly string[] {
  return execForm(args) ?? shellForm(args)
}

function execForm(args: string): readonly string[] | undefined {
  if (!args.startsWith('[')) return undefined
  try {
    const list: unknown = JSON.parse(args)
    return Array.isArray(list) && list.every((item) => typeof item === 'string') ? list : undefined
  } catch {
    return undefined
  }
}

function shellForm(args: string): readonly string[] {
  return ['sh', '-c', args]
}
