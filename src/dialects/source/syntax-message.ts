import type { ErrorCode } from 'yaml'

interface SyntaxText {
  readonly message: string
  readonly hint?: string
}

/** Our words for the parser's faults. The parser's own messages may quote the text, which may be a secret. */
const MESSAGES: Readonly<Record<ErrorCode, SyntaxText>> = {
  ALIAS_PROPS: { message: 'an alias cannot have an anchor or a tag' },
  BAD_ALIAS: { message: 'this alias has no anchor before it' },
  BAD_COLLECTION_TYPE: { message: 'the tag does not fit this value' },
  BAD_DIRECTIVE: { message: 'this directive is not valid YAML' },
  BAD_DQ_ESCAPE: { message: 'unknown escape sequence in a double-quoted text', hint: 'write \\\\ for a backslash, or use single quotes' },
  BAD_INDENT: { message: 'the indentation does not fit the lines before it', hint: 'entries of one map or list start in the same column' },
  BAD_PROP_ORDER: { message: 'an anchor or tag stands in the wrong place' },
  BAD_SCALAR_START: { message: 'a plain value cannot start with this character', hint: 'put the value in quotes' },
  BLOCK_AS_IMPLICIT_KEY: { message: 'a second ":" on one line', hint: 'put the value in quotes, or start a new line' },
  BLOCK_IN_FLOW: { message: 'an indented block cannot stand inside brackets' },
  DUPLICATE_KEY: { message: 'this key is written twice in the same map' },
  IMPOSSIBLE: { message: 'the text is not valid YAML here' },
  KEY_OVER_1024_CHARS: { message: 'the ":" of this key is more than 1024 characters away' },
  MISSING_CHAR: {
    message: 'something is missing here',
    hint: 'a closing quote or bracket, a comma, a space after ":" or the end of the value',
  },
  MULTILINE_IMPLICIT_KEY: { message: 'a key must be on one line', hint: 'is there a ":" missing before this line ends?' },
  MULTIPLE_ANCHORS: { message: 'a value can have one anchor only' },
  MULTIPLE_DOCS: { message: 'unexpected second document', hint: 'separate documents by a line "---"' },
  MULTIPLE_TAGS: { message: 'a value can have one tag only' },
  NON_STRING_KEY: { message: 'a key must be plain text' },
  RESOURCE_EXHAUSTION: { message: 'values are nested too deeply' },
  TAB_AS_INDENT: { message: 'a tab cannot indent a line', hint: 'use spaces' },
  TAG_RESOLVE_FAILED: { message: 'this tag is not known', hint: 'remove the tag' },
  UNEXPECTED_TOKEN: { message: 'this is not expected here', hint: 'check the quotes, brackets and the indentation of the lines above' },
}

export function syntaxText(code: ErrorCode): SyntaxText {
  return MESSAGES[code] ?? MESSAGES.IMPOSSIBLE
}
