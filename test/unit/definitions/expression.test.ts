import { describe, expect, test } from '@jest/globals'
import { evaluateExpression, parseExpression } from '../../../src/definitions/expression.ts'
import { lines } from './component-source.ts'

const scope = {
  output: {
    metadata: { name: 'web', labels: { 'app.oam.dev/name': 'shop' } },
    status: { readyReplicas: 2 },
    spec: { ports: [{ port: 80 }] },
  },
  outputs: { 'service-a': { metadata: { name: 'web-a' } }, service: { spec: {} } },
  context: { name: 'web', appName: 'shop' },
}

function evaluate(text: string): unknown {
  const parsed = parseExpression(text)
  if (!parsed.ok) return lines(parsed.diagnostics)
  const evaluated = evaluateExpression(parsed.value, scope)
  return evaluated.ok ? evaluated.value : lines(evaluated.diagnostics)
}

describe('values', () => {
  test.each<[string, unknown]>([
    ['output.metadata.name', 'web'],
    ['output.status.readyReplicas', 2],
    ['output.metadata.labels["app.oam.dev/name"]', 'shop'],
    ['output.metadata."name"', 'web'],
    ['output.spec.ports[0].port', 80],
    ['outputs["service-a"].metadata.name', 'web-a'],
    ['outputs.service.spec', {}],
    ['context.appName', 'shop'],
    ['"text"', 'text'],
    ['"a\\"b"', 'a"b'],
    ['1.5', 1.5],
    ['output.status.readyReplicas + 1', 3],
    ['"http://" + output.metadata.name + "." + context.appName', 'http://web.shop'],
    ['  ("a" + ("b"))  ', 'ab'],
  ])('%s', (text, expected) => {
    expect(evaluate(text)).toEqual(expected)
  })
})

describe('errors', () => {
  test.each<[string, string]>([
    ['output.metadata.nam', 'error MP2302: output.metadata.nam has no value'],
    ['output.constructor', 'error MP2302: output.constructor has no value'],
    ['output.spec.ports[3]', 'error MP2302: output.spec.ports[3] has no value'],
    ['outputs.gone.metadata', 'error MP2302: outputs.gone.metadata has no value'],
    ['"a" + 1', 'error MP2303: "+" joins two texts or adds two numbers, not a string and a number'],
    ['output.spec + 1', 'error MP2303: "+" joins two texts or adds two numbers, not a map and a number'],
  ])('of evaluation: %s', (text, expected) => {
    expect(evaluate(text)).toEqual([expected])
  })

  test.each<[string, string]>([
    ['', 'it ends too early'],
    ['output.', 'it ends too early'],
    ['output.a +', 'it ends too early'],
    ['output[', 'it ends too early'],
    ['("a"', 'it ends too early'],
    ['output.a - 1', '"- 1" is not understood'],
    ['output.a b', '"b" is not understood at character 10'],
    ['strings.Join(["a"], "")', '", "")" is not understood'],
    ['strings.Join(output.a)', '"strings" is none of output, outputs and context'],
    ['if output.a { 1 }', '"{ 1 }" is not understood'],
    ['parameter.x', '"parameter" is none of output, outputs and context'],
    ['"\\(output.a)"', '""\\(output.a)"" is not understood'],
    ['output.a[1.5', 'it ends too early'],
    ['*output.a', '"*output.a" is not understood'],
  ])('of reading: %s', (text, reason) => {
    const [line] = lines(parseExpression(text).diagnostics)
    expect(line).toContain(`error MP2301: the expression ${JSON.stringify(text)} is not supported: ${reason} [supported are paths`)
  })
})
