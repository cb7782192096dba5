import { DEFAULT_REGISTRY, parseImageName } from '../../../../src/model/image-name.ts'

export type BuildArgs = Readonly<Record<string, string>>

/**
 * Registries that the bases of a Dockerfile come from, for their credentials. Variables are filled in from the arguments of the
 * build and from the defaults before the first `FROM`; a name that stays unclear leaves Docker Hub.
 */
export function baseRegistries(recipe: string, args: BuildArgs): ReadonlySet<string> {
  const text = withoutBreaks(recipe)
  const stages = new Set<string>()
  const registries = new Set<string>()
  const note = (written: string): void => {
    const ref = resolveBase(written, { recipe: text, args })
    if (ref === 'scratch' || stages.has(ref.toLowerCase()) || /^\d+$/.test(ref)) return
    registries.add(parseImageName(ref)?.registry ?? DEFAULT_REGISTRY)
  }
  for (const line of text.split(/\r?\n/)) {
    const from = /^\s*FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?/i.exec(line)
    if (from?.[1] !== undefined) note(from[1])
    if (from?.[2] !== undefined) stages.add(from[2].toLowerCase())
    const copied = /^\s*COPY\s+(?:--\S+\s+)*?--from=(\S+)/i.exec(line)?.[1]
    if (copied !== undefined) note(copied)
  }
  return registries
}

/** The image that a `FROM` names, with its variables filled in. */
export function resolveBase(written: string, { recipe, args }: { readonly recipe: string; readonly args: BuildArgs }): string {
  return fillIn(written, { ...defaultsOf(withoutBreaks(recipe)), ...args })
}

function withoutBreaks(recipe: string): string {
  return recipe.replace(/\\\r?\n/g, ' ')
}

function defaultsOf(text: string): Readonly<Record<string, string>> {
  const head = text.split(/^\s*FROM\s/im)[0] ?? ''
  const found = head.matchAll(/^\s*ARG\s+(\w+)=["']?([^\s"']*)["']?/gim)
  return Object.fromEntries([...found].map(([, name = '', value = '']) => [name, value]))
}

/** `$NAME`, `${NAME}` and `${NAME:-default}`. Source: Docker, Dockerfile reference, environment replacement. */
function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\$(?:(\w+)|\{(\w+)(?::-([^}]*))?\})/g, (_all, bare?: string, braced?: string, otherwise?: string) => {
    const value = values[bare ?? braced ?? '']
    return value === undefined || value === '' ? (otherwise ?? '') : value
  })
}
