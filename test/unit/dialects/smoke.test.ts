import { expect, test } from '@jest/globals'
import { load, printed } from './memory-files.ts'

test('smoke', async () => {
  const r = await load({ 'app.yaml': `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
spec:
  components:
    - name: web
      type: webservice
      properties:
        image: shop/web:1
        ports: [{port: 80, expose: true}]
        env:
          - {name: PW, valueFrom: {secretKeyRef: {name: dbs, key: password}}}
      dependsOn: [db]
      traits:
        - type: gateway
          properties:
            domain: a.b
            http: {"/": 81}
        - type: storage
          properties:
            secret:
              - name: s1
                mountPath: /x
                stringData:
                  tok: MARKER
    - name: db
      type: worker
      properties: {image: postgres, imag: 3}
---
apiVersion: v1
kind: Secret
metadata: {name: db}
data: {password: aGVsbG8=}
` })
  console.log(printed(r))
  console.log(JSON.stringify(r.outcome, null, 1).slice(0, 6000))
  expect(r).toBeDefined()
})
