import ts from 'typescript'
import type { SourceFile, Violation } from './source-file.ts'

const maxSourceLines = 450
const maxTestLines = 700
const maxImports = 12
const unlimitedImports = new Set(['runtime/main.ts', 'runtime/cli.ts'])
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/
const emptyWords = new Set(['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'managers', 'misc'])
const suppressions = /@ts-(?:ignore|expect-error|nocheck)|eslint-disable|biome-ignore/
const unfinished = /\b(?:TODO|FIXME|XXX)\b/

/** A source has at most 450 lines, a test 700. */
export function checkSize(file: SourceFile): Violation[] {
  const lines = file.text.split('\n').length - (file.text.endsWith('\n') ? 1 : 0)
  const limit = file.path.startsWith('test/') ? maxTestLines : maxSourceLines
  return lines > limit ? [{ path: file.path, message: `${lines} lines, at most ${limit}: split it by concept` }] : []
}

/** A file has at most 12 different static imports, except the composition roots. */
export function checkFanOut(file: SourceFile): Violation[] {
  if (unlimitedImports.has(file.path)) return []
  const imported = new Set(
    parse(file)
      .statements.filter(ts.isImportDeclaration)
      .map((statement) => textOf(statement.moduleSpecifier)),
  )
  return imported.size > maxImports ? [{ path: file.path, message: `${imported.size} imports, at most ${maxImports}` }] : []
}

/** Each part of a path is kebab-case and says what the file is about. */
export function checkName(file: SourceFile): Violation[] {
  const names = file.path.split('/').flatMap((part) => part.replace(/(\.(test|bench|soak|d))?\.(ts|mjs)$/, ''))
  return names.flatMap((name) => {
    if (!kebab.test(name)) return [{ path: file.path, message: `"${name}" is not kebab-case` }]
    const empty = name.split('-').find((word) => emptyWords.has(word))
    return empty ? [{ path: file.path, message: `"${empty}" names nothing: say what the file is about` }] : []
  })
}

/** Exports have names. */
export function checkNamedExports(file: SourceFile): Violation[] {
  const hasDefault = parse(file).statements.some(
    (statement) => ts.isExportAssignment(statement) || isDefaultDeclaration(statement) || reexportsDefault(statement),
  )
  return hasDefault ? [{ path: file.path, message: 'default export: give it a name' }] : []
}

/** A tool that complains is answered by better code, not by a comment; what is unfinished is not committed. */
export function checkComments(file: SourceFile): Violation[] {
  return commentsOf(file).flatMap((comment) => {
    const found = suppressions.exec(comment) ?? unfinished.exec(comment)
    return found ? [{ path: file.path, message: `comment contains ${found[0]}` }] : []
  })
}

function parse(file: SourceFile): ts.SourceFile {
  return ts.createSourceFile(file.path, file.text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS)
}

function textOf(node: ts.Expression): string {
  return ts.isStringLiteral(node) ? node.text : node.getText()
}

function isDefaultDeclaration(statement: ts.Statement): boolean {
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : []
  return modifiers.some((modifier) => modifier.kind === ts.SyntaxKind.DefaultKeyword)
}

function reexportsDefault(statement: ts.Statement): boolean {
  if (!ts.isExportDeclaration(statement) || !statement.exportClause || !ts.isNamedExports(statement.exportClause)) return false
  return statement.exportClause.elements.some((element) => element.name.text === 'default')
}

function commentsOf(file: SourceFile): string[] {
  const source = parse(file)
  const comments = new Map<number, string>()
  const keep = (ranges: readonly ts.CommentRange[] = []): void => {
    for (const { pos, end } of ranges) comments.set(pos, file.text.slice(pos, end))
  }
  const visit = (node: ts.Node): void => {
    const children = node.getChildren(source)
    if (children.length === 0) {
      keep(ts.getLeadingCommentRanges(file.text, node.getFullStart()))
      keep(ts.getTrailingCommentRanges(file.text, node.getEnd()))
    }
    children.forEach(visit)
  }
  // Walking the tokens is slow; most files have nothing to find.
  if (suppressions.test(file.text) || unfinished.test(file.text)) visit(source)
  return [...comments.values()]
}
