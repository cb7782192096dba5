/** The text that base64 stands for (bytes that are no UTF-8 become replacement characters), or undefined when it is no base64. */
export function decodeBase64(encoded: string): string | undefined {
  const compact = encoded.replaceAll(/\s+/g, '')
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(compact) || compact.length % 4 !== 0) return undefined
  const binary = atob(compact)
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)))
}
