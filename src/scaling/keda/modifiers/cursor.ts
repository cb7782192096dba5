import { FormulaFault } from './fault.ts'
import { type Token, tokenText } from './token.ts'

/** Goes through the tokens of a formula, one ahead. */
export class Cursor {
  private readonly tokens: readonly Token[]
  private next = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  get now(): Token {
    return this.tokens[this.next] ?? END
  }

  get ahead(): Token {
    return this.tokens[this.next + 1] ?? END
  }

  /** The token that was current; the last one stays. */
  step(): Token {
    const token = this.now
    if (token.kind !== 'end') this.next++
    return token
  }

  at(...signs: readonly string[]): boolean {
    return this.now.kind === 'sign' && signs.includes(this.now.text)
  }

  /** Goes on when the sign is there. */
  take(sign: string): boolean {
    if (!this.at(sign)) return false
    this.step()
    return true
  }

  expect(sign: string, hint: string): Token {
    if (!this.at(sign)) throw this.unexpected(`"${sign}" was expected`, hint)
    return this.step()
  }

  unexpected(wanted: string, hint?: string): FormulaFault {
    const message = `${wanted}, but ${this.now.kind === 'end' ? 'the formula ends' : `here is ${tokenText(this.now)}`}`
    return new FormulaFault(this.now.at, message, hint)
  }
}

const END: Token = { kind: 'end', text: '', at: 0 }
