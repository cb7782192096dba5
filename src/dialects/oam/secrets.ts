import type { DefinitionKind, DefinitionView } from '../../definitions/definition.ts'
import { parametersOrigin } from '../../definitions/use-words.ts'
import { type Diagnostic, type Origin, within } from '../../kernel/diagnostic.ts'
import { secretKey, secretMark } from '../../model/app-model.ts'
import type { ComponentSource } from '../../model/component.ts'
import type { Use } from '../../model/use.ts'
import { decodeBase64 } from './base64.ts'
import { mapSecrets, type SecretEntry } from './secret-entries.ts'

/** Takes secret values out of what will be kept and shown, and leaves marks in their place. */
export class SecretVault {
  readonly values = new Map<string, string>()
  readonly diagnostics: Diagnostic[] = []
  readonly #view: DefinitionView

  constructor(view: DefinitionView) {
    this.#view = view
  }

  put(ref: { readonly namespace: string; readonly secret: string; readonly key: string }, value: string): void {
    this.values.set(secretKey(ref), value)
  }

  /** The component without the values that its definitions call secret. */
  seal(source: ComponentSource): ComponentSource {
    const traits = source.traits.map((trait) => this.#seal('trait', trait, source.namespace))
    return { ...source, type: this.#seal('component', source.type, source.namespace), traits }
  }

  #seal(kind: DefinitionKind, use: Use, namespace: string): Use {
    const patterns = this.#view.find(kind, use.type)?.secretPaths
    if (patterns === undefined) return use
    return { ...use, params: mapSecrets(use.params, patterns, (scalar) => this.#keep(scalar, use, namespace)) }
  }

  #keep({ value, path, owner }: SecretEntry, use: Use, namespace: string): string {
    const ref = { namespace, secret: owner ?? use.type, key: String(path.at(-1) ?? 'value') }
    const mark = secretMark(ref)
    if (value === mark) return mark
    const origin = within(parametersOrigin(use), ...path)
    const text = typeof value === 'string' ? this.#decode(value, path, origin) : this.#refuse(ref.key, origin)
    if (text !== undefined) this.put(ref, text)
    return mark
  }

  #decode(value: string, path: SecretEntry['path'], origin: Origin): string | undefined {
    if (path.at(-2) !== 'data') return value
    const decoded = decodeBase64(value)
    if (decoded === undefined) this.diagnostics.push(notBase64(String(path.at(-1)), origin))
    return decoded
  }

  #refuse(key: string, origin: Origin): undefined {
    this.diagnostics.push({ code: 'MP1041', severity: 'error', message: `"${key}" must be text`, origin, hint: 'put the value in quotes' })
    return undefined
  }
}

/** The use with stand-ins of the same types in place of secret values: enough to check its parameters. */
export function maskUse(view: DefinitionView, kind: DefinitionKind, use: Use): Use {
  const patterns = view.find(kind, use.type)?.secretPaths
  return patterns === undefined
    ? use
    : { ...use, params: mapSecrets(use.params, patterns, ({ value, path }) => standIn(value, String(path.at(-1)), use.type)) }
}

function standIn(value: unknown, key: string, secret: string): unknown {
  if (typeof value === 'string') return secretMark({ secret, key })
  if (Array.isArray(value)) return []
  return typeof value === 'object' ? {} : typeof value === 'number' ? 0 : false
}

export function notBase64(key: string, origin: Origin): Diagnostic {
  return {
    code: 'MP1040',
    severity: 'error',
    message: `the value of "${key}" is not base64`,
    origin,
    hint: 'write plain text under stringData instead of data',
  }
}
