import { test } from '@jest/globals'
import { resolve, lines, plain } from './component-source.ts'
test('x', () => {
  const r = resolve({ properties: { image: 'nginx', port: 80, ports: [{ port: 80, expose: true }, {port: 53, protocol: 'UDP'}], cmdd: ['x'], env: [{ name: 'A', value: 'b' }, {name: 'S', valueFrom: {secretKeyRef: {name: 's', key: 'k'}}}], cpu: '0.5', memory: '1Gi', limit: { cpu: '1' }, volumes: [{name: 'x', mountPath: '/x', type: 'pvc', claimName: 'c'}] },
    traits: [{ type: 'gateway', properties: { domain: 'a.b', http: { '/': 80, '/x': 8080 }, class: 'q' } }, { type: 'scaler', properties: { replicas: 3 } }, {type: 'env', properties: {env: {A: 'c'}, unset: ['S']}}, {type: 'storage', properties: {secret: [{name: 'z', mountPath: '/z', stringData: {a: '‹secret›'}}]}}], local: [{type: 'local/build', params: {context: '/x'}}, {type: 'local/process', params: {cwd: '/x', command: ['node', 'x.js']}}] })
  console.log(lines(r.diagnostics).join('\n'))
  if (r.ok) { console.log(JSON.stringify(plain(r.value.component), null, 1)); console.log(r.value.provenance.map(p => `${p.path.join('.')} by ${p.by} at ${p.origin.path.join('.')}`).join('\n')) }
  const e = resolve({ type: 'webservise', properties: {} , traits: [{type: 'scalar'}]})
  console.log(lines(e.diagnostics).join('\n'))
  const f = resolve({ properties: { image: 3, env: {A: 'b'}, imagePullPolicy: 'always', cpu: 1, ports: [{}], livenessProbe: {} , constructor: 1} , traits: [{type: 'hpa'}]})
  console.log(lines(f.diagnostics).join('\n'))
})
