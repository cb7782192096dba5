import type { HeaderField } from '../../../src/model/route-behaviour.ts'
import type { FieldEdit } from '../../../src/routing/header-changes.ts'
import { dropFields } from './head-lines.ts'
import type { RequestHead } from './request-head.ts'

/** A field of a request by its name in lower case; several lines are one value. */
export function fieldValue(head: RequestHead, name: string): string | undefined {
  if (name === 'x-forwarded-for') return head.forwardedFor
  if (name === 'upgrade') return head.upgrade
  const { fields } = head
  let value: string | undefined
  for (let start = 0; start < fields.length; ) {
    const end = fields.indexOf('\r\n', start)
    if (fields.charCodeAt(start + name.length) === 58 && fields.slice(start, start + name.length).toLowerCase() === name) {
      const line = fields.slice(start + name.length + 1, end).trim()
      // Cookies are joined in a way of their own. Source: RFC 9113, 8.2.3.
      value = value === undefined ? line : `${value}${name === 'cookie' ? '; ' : ', '}${line}`
    }
    start = end + 2
  }
  return value
}

/** Field lines as they are sent, each with its end. */
function fieldLines(fields: readonly HeaderField[]): string {
  return fields.map(({ name, value }) => `${name}: ${value}\r\n`).join('')
}

/** A change of field lines, with what it adds as text already. */
export interface LineEdit {
  readonly dropped: readonly string[]
  readonly text: string
}

export function lineEdit(edit: FieldEdit): LineEdit {
  return { dropped: edit.dropped, text: fieldLines(edit.added) }
}

export function editLines(fields: string, { dropped, text }: LineEdit): string {
  return (dropped.length === 0 ? fields : dropFields(fields, dropped)) + text
}
