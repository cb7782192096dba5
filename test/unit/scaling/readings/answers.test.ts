import { describe, expect, test } from '@jest/globals'
import { followJsonPath } from '../../../../src/scaling/readings/json-path.ts'
import { workloadCount } from '../../../../src/scaling/readings/kubernetes-workload.ts'
import { aggregateMetricsApi, type MetricsApiValueInput, metricsApiValue } from '../../../../src/scaling/readings/metrics-api.ts'
import { type PrometheusAnswer, prometheusReading } from '../../../../src/scaling/readings/prometheus.ts'
import { parseQuantityText } from '../../../../src/scaling/readings/quantity-text.ts'

describe('prometheus', () => {
  const answer = (...values: readonly unknown[]): PrometheusAnswer => ({ data: { result: values.map((value) => ({ value: [1, value] })) } })
  const query = 'sum(rate(x[1m]))'

  test.each<[string, PrometheusAnswer, number | string, number | string]>([
    ['one number', answer('2.5'), 2.5, 2.5],
    ['a negative one', answer('-2'), -2, -2],
    ['an exponent', answer('1e3'), 1000, 1000],
    ['nothing', { data: { result: [] } }, 0, 'returned nothing'],
    ['no data', {}, 0, 'returned nothing'],
    ['no pair', { data: { result: [{ value: [] }] } }, 0, 'returned nothing'],
    ['NaN', answer('NaN'), 0, 'returned NaN'],
    ['infinity', answer('+Inf'), 0, 'returned +Inf'],
    ['negative infinity', answer('-Inf'), 0, 'returned -Inf'],
    ['null', answer(null), -1, -1],
    ['two elements', answer('1', '2'), '2 elements', '2 elements'],
    ['half a pair', { data: { result: [{ value: [1] }] } }, 'without a value', 'without a value'],
    ['words', answer('many'), 'no number', 'no number'],
  ])('%s', (_, given, lenient, strict) => {
    for (const [ignoreNullValues, expected] of [
      [true, lenient],
      [false, strict],
    ] as const) {
      const reading = prometheusReading({ answer: given, query, ignoreNullValues })
      if (typeof expected === 'number') expect(reading).toEqual({ value: expected, active: expected > 0 })
      else expect(reading.error).toContain(expected)
    }
    expect(prometheusReading({ answer: given, query })).toEqual(prometheusReading({ answer: given, query, ignoreNullValues: true }))
  })

  test('strict activation', () => {
    expect(prometheusReading({ answer: answer('5'), query, activationThreshold: 5 }).active).toBe(false)
    expect(prometheusReading({ answer: answer('5.1'), query, activationThreshold: 5 }).active).toBe(true)
  })
})

describe('quantities', () => {
  test.each([
    ['12', 12],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['-3', -3],
    ['1k', 1000],
    ['10Mi', 10_485_760],
    ['250m', 0.25],
    ['3u', 0.000003],
    ['2E', 2e18],
    ['2e3', 2000],
    ['2E3', 2000],
    ['1.5Gi', 1_610_612_736],
  ])('%s', (text, value) => {
    expect(parseQuantityText(text)).toBe(value)
  })

  test.each(['', 'NaN', 'k', '1K', '1 k', '12s', '1mi', 'Inf', '--1'])('%j is none', (text) => {
    expect(parseQuantityText(text)).toBeUndefined()
  })
})

describe('metrics-api', () => {
  const json = '{"components":[{"id":"82328e93e","tasks":32,"str":"64","k":"1k","wrong":"NaN","up":true}],"count":2.43,"a.b":7,"none":null}'
  const yaml = "components: [{id: 82328e93e, tasks: 32, str: '64', k: 1k, wrong: NaN, up: true}]\ncount: 2.43\n7: {x: 9}\n"
  const xml =
    '<?xml version="1.0"?><!-- load --><stats><queue name="a"><length>7</length></queue><queue><length>1.5k</length></queue><n>3</n><e/></stats>'
  const prometheus = [
    '# HELP backend_queue_size Total number of items',
    '# TYPE backend_queue_size counter',
    '  backend_queue_size{queueName="zero"} 0',
    '  backend_queue_size{queueName="one"} 1',
    '  backend_queue_size{queueName="two", instance="random"} 2 1395066363000',
    '  backend_queue_size{queueName="two", instance="zero",} 20',
    '  odd{path="C:\\\\x {\\"y\\"}"} 4.5e1',
    '# TYPE latency histogram',
    'latency_bucket{le="1"} 5',
    'latency_sum 6',
    '# TYPE size summary',
    'size{quantile="0.5"} 6',
    'infinite +Inf',
    'random_metric 10',
  ].join('\r\n')

  test.each<[string, MetricsApiValueInput, number | string]>([
    ['a number', { body: json, valueLocation: 'count' }, 2.43],
    ['a list', { body: json, valueLocation: 'components.0.tasks' }, 32],
    ['a text', { body: json, valueLocation: 'components.0.str' }, 64],
    ['a quantity', { body: json, valueLocation: 'components.0.k' }, 1000],
    ['a dot in a key', { body: json, valueLocation: 'a\\.b' }, 7],
    ['the length of a list', { body: json, valueLocation: 'components.#' }, 1],
    ['a query', { body: json, valueLocation: 'components.#(id=="82328e93e").tasks' }, 32],
    ['no quantity', { body: json, valueLocation: 'components.0.wrong' }, 'is no quantity'],
    ['a truth', { body: json, valueLocation: 'components.0.up' }, 'leads to true'],
    ['a null', { body: json, valueLocation: 'none' }, 'leads to null'],
    ['a map', { body: json, valueLocation: 'components.0' }, 'leads to a map'],
    ['a list itself', { body: json, valueLocation: 'components' }, 'leads to a list'],
    ['nowhere', { body: json, valueLocation: 'components.1.tasks' }, 'leads to nothing'],
    ['no JSON', { body: '<p>', valueLocation: 'count' }, 'is no JSON'],
    ['yaml: a number', { body: yaml, valueLocation: 'count', format: 'yaml' }, 2.43],
    ['yaml: a list', { body: yaml, valueLocation: 'components.0.tasks', format: 'yaml' }, 32],
    ['yaml: a text', { body: yaml, valueLocation: 'components.0.str', format: 'yaml' }, 64],
    ['yaml: a quantity', { body: yaml, valueLocation: 'components.0.k', format: 'yaml' }, 1000],
    ['yaml: a number as key', { body: yaml, valueLocation: '7.x', format: 'yaml' }, 9],
    ['yaml: a value ends the walk', { body: yaml, valueLocation: 'count.more', format: 'yaml' }, 2.43],
    ['yaml: no quantity', { body: yaml, valueLocation: 'components.0.wrong', format: 'yaml' }, 'is no quantity'],
    ['yaml: a truth', { body: yaml, valueLocation: 'components.0.up', format: 'yaml' }, 'leads to true'],
    ['yaml: nowhere', { body: yaml, valueLocation: 'components.5', format: 'yaml' }, 'there is no "5"'],
    ['yaml: a map', { body: yaml, valueLocation: 'components.0', format: 'yaml' }, 'leads to a map'],
    ['yaml: no map at all', { body: '[1]', valueLocation: '0', format: 'yaml' }, 'is no map'],
    ['yaml: broken', { body: 'a: [', valueLocation: 'a', format: 'yaml' }, 'is no YAML'],
    ['xml: from the root', { body: xml, valueLocation: 'stats.n', format: 'xml' }, 3],
    ['xml: inside the root', { body: xml, valueLocation: 'n', format: 'xml' }, 3],
    ['xml: repeated', { body: xml, valueLocation: 'stats.queue.1.length', format: 'xml' }, 1500],
    ['xml: empty', { body: xml, valueLocation: 'stats.e', format: 'xml' }, 'is no quantity'],
    ['xml: nowhere', { body: xml, valueLocation: 'stats.m', format: 'xml' }, 'there is no "m"'],
    ['xml: entities and text as it stands', { body: '<a><b>&#50;<![CDATA[0]]></b></a>', valueLocation: 'a.b', format: 'xml' }, 20],
    ['xml: not closed', { body: '<a><b>1</a>', valueLocation: 'a.b', format: 'xml' }, 'no well-formed XML'],
    ['xml: two roots', { body: '<a>1</a><b>1</b>', valueLocation: 'a', format: 'xml' }, 'no well-formed XML'],
    ['prometheus: no labels', { body: prometheus, valueLocation: 'random_metric', format: 'prometheus' }, 10],
    ['prometheus: one label', { body: prometheus, valueLocation: 'backend_queue_size{queueName="one"}', format: 'prometheus' }, 1],
    [
      'prometheus: the first that matches',
      { body: prometheus, valueLocation: 'backend_queue_size{queueName="two"}', format: 'prometheus' },
      2,
    ],
    [
      'prometheus: two labels',
      { body: prometheus, valueLocation: 'backend_queue_size{queueName=\'two\', instance="zero"}', format: 'prometheus' },
      20,
    ],
    ['prometheus: the name as a label', { body: prometheus, valueLocation: '{__name__="random_metric"}', format: 'prometheus' }, 10],
    [
      'prometheus: any operator is equality',
      { body: prometheus, valueLocation: 'backend_queue_size{queueName!="one"}', format: 'prometheus' },
      1,
    ],
    ['prometheus: escapes', { body: prometheus, valueLocation: 'odd{path="C:\\\\x {\\"y\\"}"}', format: 'prometheus' }, 45],
    ['prometheus: infinity', { body: prometheus, valueLocation: 'infinite', format: 'prometheus' }, Number.POSITIVE_INFINITY],
    ['prometheus: a part of a histogram', { body: prometheus, valueLocation: 'latency_sum', format: 'prometheus' }, 'no value for'],
    ['prometheus: a summary', { body: prometheus, valueLocation: 'size', format: 'prometheus' }, 'no value for'],
    ['prometheus: no such label', { body: prometheus, valueLocation: 'random_metric{a="b"}', format: 'prometheus' }, 'no value for'],
    [
      'prometheus: a broken selector',
      { body: prometheus, valueLocation: 'backend_queue_size{invalid=test}', format: 'prometheus' },
      'no selector',
    ],
    ['prometheus: a broken answer', { body: 'a b c d', valueLocation: 'a', format: 'prometheus' }, 'line 1'],
    ['an unknown format', { body: '', valueLocation: 'a', format: 'csv' as 'json' }, 'json, yaml, xml, prometheus'],
  ])('%s', (_, input, expected) => {
    const result = metricsApiValue(input)
    if (typeof expected === 'number') expect(result).toEqual({ value: expected })
    else expect(result.error).toContain(expected)
  })

  test.each<['average' | 'sum' | 'max' | 'min' | undefined, number]>([
    [undefined, 20],
    ['average', 20],
    ['sum', 40],
    ['max', 30],
    ['min', 10],
  ])('%s of the endpoints that answer', (aggregationType, value) => {
    const answers = [{ value: 10 }, { error: 'refused' }, { value: 30 }]
    expect(aggregateMetricsApi({ answers, ...(aggregationType === undefined ? {} : { aggregationType }) })).toEqual({ value })
  })

  test('no endpoint answers', () => {
    expect(aggregateMetricsApi({ answers: [] }).error).toBe('the service has no endpoint')
    expect(aggregateMetricsApi({ answers: [{ error: 'refused' }, { error: 'late' }] }).error).toContain(
      'none of 2 endpoints gave a value; the first: refused',
    )
  })
})

describe('paths of JSON', () => {
  const friends = {
    friends: [
      { first: 'Dale', age: 44, nets: ['ig'] },
      { first: 'Roger', age: 68 },
      { first: 'Jane', age: 47 },
    ],
    'fav.movie': 'Deer Hunter',
  }

  test.each<[string, unknown]>([
    ['friends.1.first', 'Roger'],
    ['friends|1|first', 'Roger'],
    ['fav\\.movie', 'Deer Hunter'],
    ['fr*.0.age', 44],
    ['friend?.2.age', 47],
    ['friends.#', 3],
    ['friends.#.age', [44, 68, 47]],
    ['friends.#.nets.0', ['ig']],
    ['friends.#(age>45).first', 'Roger'],
    ['friends.#(age>45)#.first', ['Roger', 'Jane']],
    ['friends.#(age>45)#|#', 2],
    ['friends.#.first|1', 'Roger'],
    ['friends.#(age<=44).first', 'Dale'],
    ['friends.#(first!="Dale").first', 'Roger'],
    ['friends.#(first%"J*").age', 47],
    ['friends.#(first!%"*a*").age', 68],
    ['friends.#(nets).first', 'Dale'],
    ['friends.#(first=="Nobody").age', undefined],
    ['friends.x', undefined],
    ['friends.0.first.more', undefined],
    ['toString', undefined],
  ])('%s', (path, expected) => {
    expect(followJsonPath(friends, path)).toEqual(expected)
  })
})

describe('kubernetes-workload', () => {
  const pods = [
    { labels: { app: 'web', tier: '1' }, phase: 'Running', node: 'a' },
    { labels: { app: 'web', tier: '2' }, phase: 'Pending' },
    { labels: { app: 'web' }, phase: 'Running', node: 'a' },
    { labels: { app: 'web' }, phase: 'Succeeded', node: 'b' },
    { labels: { app: 'web' }, phase: 'Failed', node: 'b' },
    { labels: { app: 'mail' }, phase: 'Running', node: 'b' },
  ]

  test.each([
    ['app=web', 3],
    ['app==web', 3],
    ['app!=web', 1],
    ['app in (web, mail)', 4],
    ['app notin (web)', 1],
    ['app=web,tier', 2],
    ['app=web,!tier', 1],
    ['app = web, tier notin (1,3)', 2],
    ['tier>1', 1],
    ['tier < 3', 2],
    ['', 4],
    ['app=nobody', 0],
  ])('%j selects %d', (podSelector, value) => {
    expect(workloadCount({ pods, podSelector })).toEqual({ value, active: value > 0 })
  })

  test('nodes, of pods that have one', () => {
    expect(workloadCount({ pods, podSelector: 'app in (web,mail)', groupByNode: true }).value).toBe(2)
    expect(workloadCount({ pods, podSelector: 'app=web', groupByNode: true, activationValue: 1 })).toEqual({ value: 1, active: false })
  })

  test.each(['app in web', '=web', 'app=a=b', 'app in (a', 'a,,b'])('%j is no selector', (podSelector) => {
    expect(workloadCount({ pods, podSelector }).error).toContain('no label selector')
  })
})
