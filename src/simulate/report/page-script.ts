/** What the page does: draws the chosen component, and shows what is behind a marker. Text comes in as text, never as markup. */
export const pageScript = `
'use strict'
const report = JSON.parse(document.getElementById('report').textContent)
const CROWD = 120
const HEIGHT = 260, LEFT = 52, RIGHT = 52, TOP = 16, BOTTOM = 24
const $ = (id) => document.getElementById(id)
const make = (name, attributes = {}, parent) => {
  const node = document.createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value)
  if (parent) parent.append(node)
  return node
}
const element = (name, text, parent) => {
  const node = document.createElement(name)
  if (text !== undefined) node.textContent = text
  if (parent) parent.append(node)
  return node
}
const seconds = report.seconds
const two = (value) => String(value).padStart(2, '0')
const clock = (ms) => {
  const total = Math.round(ms / 1000), days = Math.floor(total / 86400)
  const text = two(Math.floor(total / 3600) % 24) + ':' + two(Math.floor(total / 60) % 60) + ':' + two(total % 60)
  return days > 0 ? 'day ' + (days + 1) + ' ' + text : text
}
const figure = (value) => value >= 1000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(4)))
const millis = (value) => value === undefined ? '' : value < 1000 ? figure(value) + ' ms' : figure(value / 1000) + ' s'
const highest = (lists) => lists.reduce((most, list) => list.reduce((top, value) => Math.max(top, value ?? 0), most), 0)
const nice = (value) => {
  if (value <= 0) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 2.5, 5, 10].map((step) => step * power).find((step) => step >= value * 0.999)
}

function frame(place, label) {
  const width = Math.max(320, $(place).clientWidth)
  $(place).replaceChildren()
  const svg = make('svg', { viewBox: '0 0 ' + width + ' ' + HEIGHT, role: 'group', 'aria-label': label }, $(place))
  const x = (ms) => LEFT + (ms / 1000 / seconds) * (width - LEFT - RIGHT)
  const steps = [60, 300, 600, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800]
  const step = steps.find((each) => seconds / each <= 8) ?? Math.ceil(seconds / 8 / 86400) * 86400
  for (let at = 0; at <= seconds + 0.5; at += step) {
    make('line', { class: 'grid', x1: x(at * 1000), x2: x(at * 1000), y1: TOP, y2: HEIGHT - BOTTOM }, svg)
    make('text', { x: x(at * 1000), y: HEIGHT - 7, 'text-anchor': 'middle' }, svg).textContent =
      step >= 86400 ? 'day ' + (Math.floor(at / 86400) + 1) : clock(at * 1000).slice(0, step < 60 ? undefined : -3)
  }
  return { svg, x, width }
}

// Replicas come whole: a line for each, or for every fourth part.
const whole = (value) => value <= 10 ? Math.max(1, Math.ceil(value)) : Math.ceil(value / 4) * 4
function axis({ svg, width }, top, side, unit) {
  const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - TOP - BOTTOM)
  const parts = unit === 'replicas' && top <= 10 ? top : 4
  for (let part = 0; part <= parts; part++) {
    const value = (top * part) / parts
    if (side === 'left') make('line', { class: 'grid', x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value) }, svg)
    make('text', { x: side === 'left' ? LEFT - 6 : width - RIGHT + 6, y: y(value) + 4, 'text-anchor': side === 'left' ? 'end' : 'start' }, svg).textContent = figure(value)
  }
  make('text', { x: side === 'left' ? 4 : width - 4, y: 10, 'text-anchor': side === 'left' ? 'start' : 'end' }, svg).textContent = unit
  return y
}

// A value of a whole step is drawn over it (late: 0), one that was seen at its end after it (late: 1).
function path(values, stepMs, x, y, late = 0) {
  const at = (index) => x(Math.min(index * stepMs, seconds * 1000)).toFixed(1)
  let text = '', up = true
  values.forEach((value, index) => {
    if (value === null) { up = true; return }
    text += (up ? 'M' : 'L') + at(index + late) + ' ' + y(value).toFixed(1) + 'H' + at(index + late + 1)
    up = false
  })
  return text
}

// The number of replicas from its changes, so that each is where it happened.
function sizePath(component, x, y) {
  const changes = component.changes.filter((change) => change.from !== change.to)
  if (component.changesLeftOut > 0) return path(component.timeline.wanted, component.timeline.stepMs, x, y)
  return stairs(changes, changes.length > 0 ? changes[0].from : component.timeline.wanted[0] ?? 0, x, y)
}

function stairs(changes, first, x, y) {
  return 'M' + x(0) + ' ' + y(first) + changes.map((change) => 'H' + x(change.atMs).toFixed(1) + 'V' + y(change.to).toFixed(1)).join('') + 'H' + x(seconds * 1000)
}

function line(svg, data, colour, more = {}) {
  return make('path', { d: data, fill: 'none', stroke: 'var(--' + colour + ')', 'stroke-width': 1.8, 'stroke-linejoin': 'round', ...more }, svg)
}

function legend(place, entries) {
  $(place).replaceChildren()
  for (const [text, colour, dashed] of entries) {
    const entry = element('span', undefined, $(place))
    const mark = element('i', undefined, entry)
    mark.style.color = 'var(--' + colour + ')'
    if (dashed) mark.className = 'dashed'
    entry.append(text)
  }
}

const LIMITS = { min: 'held at the minimum', max: 'held at the maximum', rate: 'limited by the rate of change', stabilisation: 'held back by stabilisation', cooldown: 'waits for the cool-down', 'no-data': 'no data', paused: 'paused' }
const BY = { poll: 'KEDA poll', sync: 'HPA sync' }

function explain(change, run) {
  const box = document.createDocumentFragment()
  const what = change.from === change.to ? change.from + (change.from === 1 ? ' replica' : ' replicas') + ', no change' : change.from + ' → ' + change.to + (change.to === 1 ? ' replica' : ' replicas')
  element('b', clock(change.atMs) + '  ' + what, box)
  element('small', BY[change.by] + (run.whatIf ? ', what if ' + run.whatIf : '') + (change.limitedBy ? ': ' + LIMITS[change.limitedBy] : ''), box)
  const list = element('ul', undefined, box)
  for (const { metric, value, target, replicas, error } of change.proposals)
    element('li', metric + (error ? ': ' + error : ': value ' + figure(value ?? 0) + ', target ' + figure(target) + ' → ' + (replicas ?? '?') + (replicas === 1 ? ' replica' : ' replicas')), list)
  for (const step of change.trail) element('li', step.because, list)
  if (change.active.length > 0) element('li', 'active: ' + change.active.join(', '), list)
  return box
}

const tip = $('tip')
let chosen
function show(marker) {
  if (chosen) chosen.node.classList.remove('chosen')
  chosen = marker
  tip.hidden = marker === undefined
  if (marker === undefined) return
  marker.node.classList.add('chosen')
  tip.replaceChildren(explain(marker.change, marker.run))
  const at = marker.node.getBoundingClientRect(), size = tip.getBoundingClientRect()
  tip.style.left = Math.max(8, Math.min(innerWidth - size.width - 8, at.left + at.width / 2 - size.width / 2)) + 'px'
  tip.style.top = (at.bottom + 10 + size.height > innerHeight ? Math.max(8, at.top - size.height - 10) : at.bottom + 10) + 'px'
}

function markers({ svg, x }, y, runs) {
  const all = []
  // A decision that a what-if shares needs no second marker; those of the run as it is come last, and so lie on top.
  const nameOf = ({ atMs, by, from, to }) => [atMs, by, from, to].join()
  const known = new Set(runs[0].component.changes.map(nameOf))
  runs.map((each, index) => ({ ...each, index })).reverse().forEach(({ run, component, index }) => {
    for (const change of component.changes) {
      const held = change.from === change.to
      if (index > 0 && (held || known.has(nameOf(change)))) continue
      // Where many decisions stand side by side, only those that changed something can be told apart.
      if (held && component.changes.length > CROWD) continue
      const node = make('g', { class: 'marker' + (held ? ' held' : index > 0 ? ' other' : ''), tabindex: -1, role: 'img', transform: 'translate(' + x(change.atMs).toFixed(1) + ' ' + y(change.to).toFixed(1) + ')' }, svg)
      make('path', { d: held ? 'M0 -4L4 0L0 4L-4 0Z' : change.to > change.from ? 'M0 -7L5.5 3H-5.5Z' : 'M0 7L5.5 -3H-5.5Z' }, node)
      const marker = { node, change, run, left: x(change.atMs) }
      node.setAttribute('aria-label', explain(change, run).textContent)
      node.dataset.at = change.atMs
      node.addEventListener('pointerenter', () => show(marker))
      node.addEventListener('focus', () => show(marker))
      node.addEventListener('blur', () => show())
      all.push(marker)
    }
  })
  all.sort((left, right) => left.change.atMs - right.change.atMs)
  if (all.length > 0) all[0].node.setAttribute('tabindex', 0)
  svg.addEventListener('pointerleave', () => { if (!chosen || document.activeElement !== chosen.node) show() })
  svg.addEventListener('keydown', (event) => {
    const at = all.indexOf(chosen)
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (event.key === 'Escape') show()
    if (to === undefined || !all[to]) return
    event.preventDefault()
    for (const marker of all) marker.node.setAttribute('tabindex', -1)
    all[to].node.setAttribute('tabindex', 0)
    all[to].node.focus()
  })
}

function draw() {
  show()
  const index = Number($('component').value)
  const runs = report.runs.map((run) => ({ run, component: run.components[index] }))
  const [{ component }] = runs
  const { timeline } = component
  const { stepMs } = timeline
  const size = frame('size', 'Replicas and load of ' + component.name)
  const sizes = axis(size, whole(Math.max(1, highest(runs.map((each) => each.component.timeline.wanted)), ...runs.flatMap((each) => each.component.changes.map((change) => change.to)), ...((report.recorded ?? {})[component.name] ?? []).map((change) => change.to))), 'left', 'replicas')
  const loads = axis(size, nice(highest([timeline.demand])), 'right', 'load /s')
  const demand = path(timeline.demand, stepMs, size.x, loads)
  make('path', { d: demand + 'V' + loads(0) + 'H' + size.x(0) + 'Z', fill: 'var(--load-fill)' }, size.svg)
  line(size.svg, demand, 'load', { 'stroke-width': 1.2 })
  line(size.svg, path(timeline.ready, stepMs, size.x, sizes, 1), 'ready')
  runs.slice(1).forEach((each) => line(size.svg, sizePath(each.component, size.x, sizes), 'other', { 'stroke-dasharray': '6 4' }))
  line(size.svg, sizePath(component, size.x, sizes), 'size')
  const live = (report.recorded ?? {})[component.name]
  if (live) line(size.svg, stairs(live, live.length > 0 ? live[0].from : component.timeline.wanted[0] ?? 0, size.x, sizes), 'ink', { 'stroke-dasharray': '2 3', class: 'live' })
  markers(size, sizes, runs)
  legend('size-legend', [['wanted', 'size'], ['ready', 'ready'], ...runs.slice(1).map(({ run }) => ['what if ' + run.whatIf, 'other', true]), ...(live ? [['live run', 'ink', true]] : []), ['load', 'load']])

  const wait = frame('wait', 'Requests in flight, held and queued')
  const queued = Object.keys(component.queues).length > 0
  const kinds = [['in flight', 'load', 'inFlight'], ['held', 'warn', 'held'], ...(queued ? [['queued', 'size', 'queued']] : [])]
  const counts = axis(wait, nice(highest(runs.flatMap((each) => kinds.map(([, , key]) => each.component.timeline[key])))), 'left', 'requests')
  runs.forEach((each, at) => kinds.forEach(([, colour, key]) => line(wait.svg, path(each.component.timeline[key], stepMs, wait.x, counts, key === 'held' ? 0 : 1), colour, at > 0 ? { 'stroke-dasharray': '6 4' } : {})))
  legend('wait-legend', [...kinds.map(([text, colour]) => [text, colour]), ...runs.slice(1).map(({ run }) => ['what if ' + run.whatIf, 'faint', true])])

  const late = frame('late', 'Latency percentiles')
  const shares = [['p99', 'warn'], ['p95', 'size'], ['p50', 'load']]
  const longest = highest(runs.flatMap((each) => shares.map(([key]) => each.component.timeline[key])))
  const unit = longest >= 10000 ? 1000 : 1
  const scaled = axis(late, nice(longest / unit), 'left', unit === 1 ? 'ms' : 's')
  const times = (value) => scaled(value / unit)
  runs.forEach((each, at) => shares.forEach(([key, colour]) => line(late.svg, path(each.component.timeline[key], stepMs, late.x, times), colour, at > 0 ? { 'stroke-dasharray': '6 4' } : {})))
  legend('late-legend', [...shares, ...runs.slice(1).map(({ run }) => ['what if ' + run.whatIf, 'faint', true])])
  figures(runs)
}

function figures(runs) {
  const rows = [
    ['', ...runs.map(({ run }) => run.whatIf ? 'what if ' + run.whatIf : 'as it is')],
    ...[
      ...Object.keys(runs[0].component.queues).flatMap((name) => [
        [name + ' messages', (each) => figure(each.queues[name].arrivals)],
        [name + ' finished', (each) => figure(each.queues[name].finished)],
        [name + ' waiting at the end', (each) => figure(each.queues[name].waiting)],
      ]),
      ['requests', (each) => figure(each.requests.arrivals)],
      ['answered', (each) => figure(each.requests.answered)],
      ['refused (503)', (each) => figure(each.requests.refused)],
      ['waited too long (504)', (each) => figure(each.requests.expired)],
      ['cut off', (each) => figure(each.requests.cut)],
      ['most held', (each) => figure(each.heldPeak)],
      ['latency p50', (each) => millis(each.latency.p50)],
      ['latency p95', (each) => millis(each.latency.p95)],
      ['latency p99', (each) => millis(each.latency.p99)],
      ['starts from zero', (each) => figure(each.coldStarts)],
      ['first answer from zero, p50', (each) => millis(each.firstAnswer.p50)],
      ['first answer from zero, longest', (each) => millis(each.firstAnswer.max)],
      ['replica-seconds', (each) => figure(each.replicaSeconds)],
      ['vCPU-seconds', (each) => figure(each.vcpuSeconds)],
      ['GiB-seconds', (each) => figure(each.gibSeconds)],
    ].map(([name, value]) => [name, ...runs.map(({ component }) => value(component))]),
  ]
  $('figures').replaceChildren()
  for (const cells of rows) {
    const row = element('tr', undefined, $('figures'))
    cells.forEach((cell, at) => element(at === 0 ? 'th' : 'td', cell, row))
  }
  $('model').replaceChildren()
  for (const text of runs[0].component.model) element('li', text, $('model'))
}

report.runs[0].components.forEach(({ name }, index) => { element('option', name, $('component')).value = index })
$('choice').hidden = report.runs[0].components.length < 2
$('about').textContent = clock(seconds * 1000).replace(/^day.*$/, (seconds / 86400).toFixed(1).replace('.0', '') + (seconds === 86400 ? ' day' : ' days')) + ' from ' + report.start + ', seed ' + report.seed + ', ' + (report.mode === 'flow' ? 'requests as a stream' : 'each request followed')
for (const note of report.notes) element('li', note, $('notes'))
$('component').addEventListener('change', draw)
addEventListener('resize', draw)
draw()
`
