import { WrongSetting } from './failure.ts'

/** `Name=value;Name=value`, as Azure writes connections; values may hold `=`. Names are looked up without case. */
export function connectionParts(text: string): (name: string) => string | undefined {
  const parts = new Map<string, string>()
  for (const part of text.split(';')) {
    if (part.trim() === '') continue
    const at = part.indexOf('=')
    if (at < 1) throw new WrongSetting('connection has a part that is not Name=value')
    parts.set(part.slice(0, at).trim().toLowerCase(), part.slice(at + 1).trim())
  }
  return (name) => parts.get(name.toLowerCase()) || undefined
}
