/** Valid model files without any diagnostic: what the mutations start from. */
export const VALID_MODELS: readonly string[] = [
  `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
  namespace: default
  labels:
    team: blue
spec:
  components:
    - name: web
      type: webservice
      properties:
        image: example/web:1
        imagePullPolicy: IfNotPresent
        cmd:
          - node
          - server.js
        ports:
          - port: 80
            containerPort: 8080
            expose: true
        env:
          - name: MODE
            value: production
          - name: PASSWORD
            valueFrom:
              secretKeyRef:
                name: database
                key: password
          - name: GREETING
            valueFrom:
              configMapKeyRef:
                name: texts
                key: greeting
        cpu: "0.5"
        memory: 128Mi
        livenessProbe:
          httpGet:
            path: /healthz
            port: 8080
          initialDelaySeconds: 5
          periodSeconds: 10
      dependsOn:
        - cart
        - migrate
      traits:
        - type: scaler
          properties:
            replicas: 2
        - type: gateway
          properties:
            domain: shop.example.com
            http:
              "/": 8080
        - type: labels
          properties:
            tier: front
    - name: cart
      type: webservice
      properties:
        image: example/cart:1
        ports:
          - port: 9000
            expose: true
      traits:
        - type: sidecar
          properties:
            name: proxy
            image: example/proxy:2
        - type: resource
          properties:
            cpu: 0.25
            memory: 64Mi
    - name: migrate
      type: task
      properties:
        image: example/migrate:1
        count: 1
        cmd: ["node", "migrate.js"]
---
apiVersion: v1
kind: Secret
metadata:
  name: database
stringData:
  password: swordfish
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: texts
data:
  greeting: hello
`,
  `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: placed
spec:
  components:
    - name: frontend
      type: webservice
      properties:
        image: example/frontend:3
        port: 3000
        env:
          - name: BACKEND
            value: unknown
      inputs:
        - from: backend-address
          parameterKey: env[0].value
      traits:
        - type: env
          properties:
            env:
              COLOUR: green
        - type: expose
          properties:
            port: [3000]
    - name: backend
      type: worker
      properties:
        image: example/backend:3
      outputs:
        - name: backend-address
          valueFrom: output.metadata.name
  policies:
    - name: here
      type: topology
      properties:
        clusters: ["local"]
        namespace: staging
    - name: bigger
      type: override
      properties:
        components:
          - name: frontend
            properties:
              memory: 256Mi
            traits:
              - type: scaler
                properties:
                  replicas: 3
    - name: once
      type: apply-once
      properties:
        enable: true
  workflow:
    mode:
      steps: StepByStep
      subSteps: DAG
    steps:
      - name: first
        type: deploy
        timeout: 5m
        properties:
          policies: ["here", "bigger"]
      - name: wait
        type: suspend
        dependsOn:
          - first
        properties:
          duration: 10s
      - name: both
        type: step-group
        if: always
        subSteps:
          - name: again
            type: apply-component
            properties:
              component: backend
          - name: tell
            type: notification
            properties:
              slack:
                url:
                  value: https://example.com/hook
                message:
                  text: deployed
`,
  `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: {name: stored, annotations: {purpose: tests}}
spec:
  components:
    - name: store
      type: webservice
      properties:
        image: example/store:2
        ports: [{port: 6000, name: data, expose: true}]
        readinessProbe: {tcpSocket: {port: 6000}, timeoutSeconds: 2}
        hostAliases:
          - ip: 10.0.0.7
            hostnames: [printer, scanner]
      traits:
        - type: storage
          properties:
            configMap:
              - name: settings
                mountPath: /etc/settings
                data:
                  mode: fast
            secret:
              - name: tokens
                mountPath: /etc/tokens
                stringData:
                  token: open-sesame
            emptyDir:
              - name: scratch
                mountPath: /scratch
        - type: init-container
          properties:
            name: prepare
            image: example/prepare:1
            mountName: work
            appMountPath: /import
            initMountPath: /init
        - type: startup-probe
          properties:
            tcpSocket:
              port: 6000
            periodSeconds: 2
        - type: command
          properties:
            args: ["--verbose"]
---
apiVersion: v1
kind: Service
metadata:
  name: storage
spec:
  selector:
    app.oam.dev/component: store
  ports:
    - port: 80
      targetPort: 6000
`,
]

/** The same, with documents about scaling. */
export const SCALING_MODEL = `apiVersion: core.oam.dev/v1beta1
kind: Application
metadata: { name: shop }
spec:
  policies:
    - { name: keep, type: apply-once, properties: { enable: true, rules: [{ strategy: { path: [spec.replicas] } }] } }
  components:
    - name: web
      type: webservice
      properties: { image: web, cpu: "0.5", ports: [{ port: 80, expose: true }] }
    - name: worker
      type: worker
      properties: { image: worker, env: [{ name: QUEUE, value: "redis:6379" }] }
    - name: clock
      type: worker
      properties: { image: clock, cpu: "0.5" }
      traits:
        - type: keda-auto-scaler
          properties:
            triggers:
              - type: cron
                metadata: { start: "0 8 * * *", end: "0 18 * * *", timezone: Europe/Berlin, desiredReplicas: "4" }
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: web }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
  minReplicas: 1
  maxReplicas: 5
  metrics:
    - type: Resource
      resource: { name: cpu, target: { type: Utilization, averageUtilization: 60 } }
  behavior: { scaleDown: { stabilizationWindowSeconds: 60, policies: [{ type: Percent, value: 50, periodSeconds: 15 }] } }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: worker, annotations: { autoscaling.keda.sh/paused: "false" } }
spec:
  scaleTargetRef: { name: worker }
  pollingInterval: 5
  idleReplicaCount: 0
  minReplicaCount: 1
  fallback: { failureThreshold: 3, replicas: 2 }
  advanced: { scalingModifiers: { formula: jobs + 1, target: "2" } }
  triggers:
    - type: redis
      name: jobs
      metadata: { addressFromEnv: QUEUE, listName: jobs, listLength: "7" }
      authenticationRef: { name: broker }
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata: { name: broker }
spec: { secretTargetRef: [{ parameter: password, name: broker, key: password }] }
---
apiVersion: v1
kind: Secret
metadata: { name: broker }
stringData: { password: hunter2 }
`
