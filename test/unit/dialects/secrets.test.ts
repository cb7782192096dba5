import { describe, expect, test } from '@jest/globals'
import type { LoadResult } from '../../../src/dialects/index.ts'
import { load, printed } from './memory-files.ts'

const MARKER = 'swordfish-7f3a'
const ENCODED = btoa(MARKER)

const MODEL = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: shop}
spec:
  components:
    - name: web
      type: webservice
      properties:
        image: web
        env:
          - name: A
            valueFrom: {secretKeyRef: {name: db, key: plain}}
      traits:
        - type: storage
          properties:
            secret:
              - name: own
                mountPath: /own
                stringData:
                  token: ${MARKER}
                data: {coded: ${ENCODED}}
  policies:
    - name: o
      type: override
      properties:
        components:
          - name: web
            traits:
              - type: storage
                properties:
                  secret:
                    - name: other
                      mountPath: /other
                      stringData:
                        token: ${MARKER}
  workflow:
    steps:
      - {name: d, type: deploy, properties: {policies: [o]}}
      - name: tell
        type: notification
        properties: {slack: {url: {value: "https://example.com/${MARKER}"}, message: {text: done}}}
---
apiVersion: v1
kind: Secret
metadata: {name: db, annotations: {last: '{"plain":"${MARKER}"}'}}
stringData:
  plain: ${MARKER}
  long: |
    first ${MARKER}
    second ${MARKER}
data:
  coded: ${ENCODED}
`
const OVERLAY = `envFiles: [local.env]
components:
  web:
    run: {command: [node, server.js], env: {FROM_FILE: "x-\${TOKEN}"}}
`
const FILES = { 'app.yaml': MODEL, 'minipaas.yaml': OVERLAY, 'local.env': `KEY="${MARKER}"\n`, '.env': `TOKEN=${MARKER}\n` }

/** Everything of a result that can be shown or kept, without the secret values themselves. */
function visible(result: LoadResult): string {
  const { outcome } = result
  return JSON.stringify([result.shown, result.watched, outcome.diagnostics, outcome.ok ? outcome.value.applications : []]) + printed(result)
}

describe('secret values', () => {
  test('travel beside the models, decoded, by namespace, name and key', async () => {
    const result = await load(FILES)
    expect(printed(result)).not.toMatch(/^(error|warning)/m)
    expect(result.outcome.ok && [...result.outcome.value.secrets].sort()).toEqual([
      ['default/db/coded', MARKER],
      ['default/db/long', `first ${MARKER}\nsecond ${MARKER}\n`],
      ['default/db/plain', MARKER],
      ['default/env-file/KEY', MARKER],
      ['default/env-file/web.run.FROM_FILE', `x-${MARKER}`],
      ['default/other/token', MARKER],
      ['default/own/coded', MARKER],
      ['default/own/token', MARKER],
    ])
    expect(visible(result)).not.toContain(MARKER)
    expect(visible(result)).not.toContain(ENCODED)
    expect(visible(result)).toContain('‹secret own/token›')
  })

  const lines = MODEL.split('\n')
  test.each(lines.map((line, index) => [index + 1, line.trim()] as const))(
    'are in no message when line %i is damaged (%s)',
    async (number) => {
      const damages = [
        (line: string) => `${line} }`,
        (line: string) => line.replace(':', ''),
        (line: string) => line.replace(/: (.*)/, ': "$1'),
        (line: string) => `\t${line}`,
        (line: string) => line.replace(/[a-z]/, '$&zz'),
        (line: string) => line.replace(/(: |- )(.*)/, '$1[$2'),
        (line: string) => `${line}\n${line}`,
        (line: string) => line.replace(/^ {2}/, ''),
        (line: string) => line.replace(/^ {4}/, ''),
        (line: string) => `  ${line}`,
        (line: string) => line.replace(/: +/, ': *'),
        (line: string) => line.replace(/: +/, ': &'),
        (line: string) => line.replace(/: +/, ': !'),
        (line: string) => line.replace(/(: |- )(.*)/, '$1$2: $2'),
      ]
      for (const damage of damages) {
        const text = lines.map((line, index) => (index === number - 1 ? damage(line) : line)).join('\n')
        const shown = visible(await load({ ...FILES, 'app.yaml': text }))
        expect(shown.replaceAll(/‹[^›]*›/g, '')).not.toContain(MARKER)
        expect(shown).not.toContain(ENCODED)
      }
    },
  )

  test('in the place of a map of secrets are not shown', async () => {
    const text = MODEL.replace(`stringData:\n                        token: ${MARKER}`, `stringData: ${MARKER}`)
    const result = await load({ ...FILES, 'app.yaml': text })
    expect(text).not.toBe(MODEL)
    expect(printed(result)).toContain('error')
    expect(visible(result)).not.toContain(MARKER)
  })

  test.each([
    ['a number', '123456789', 'MP1041'],
    ['a map', '{a: b}', 'MP1041'],
  ])('that are %s are refused', async (_, value, code) => {
    const text = MODEL.replace(`token: ${MARKER}`, `token: ${value}`)
    const result = await load({ ...FILES, 'app.yaml': text })
    expect(printed(result)).toContain(code)
    expect(visible(result)).not.toContain('123456789')
  })

  test('that are not base64 are refused', async () => {
    expect(printed(await load({ ...FILES, 'app.yaml': MODEL.replaceAll(`coded: ${ENCODED}`, 'coded: "%%%"') }))).toContain('error MP1040')
  })

  test('may not stand in commands', async () => {
    const result = await load({ ...FILES, 'minipaas.yaml': OVERLAY.replace('server.js', '"${TOKEN}"') })
    expect(printed(result)).toContain('error MP1056')
    expect(visible(result)).not.toContain(MARKER)
  })

  test('are in no message about a broken env file', async () => {
    const result = await load({ ...FILES, 'local.env': `KEY="${MARKER}\nOTHER=${MARKER}\n${MARKER}\n` })
    expect(printed(result)).toContain('MP1055')
    expect(visible(result)).not.toContain(MARKER)
  })
})
