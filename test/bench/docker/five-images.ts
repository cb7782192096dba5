import type Docker from 'dockerode'
import { pack } from 'tar-stream'

export const SERVICES = ['accounts', 'basket', 'catalog', 'delivery', 'payment'] as const
export const PORT = 8000
const COMMAND = ['httpd', '-f', '-p', String(PORT), '-h', '/www']

export type Version = 1 | 2

export function imageOf(service: string, version: Version): string {
  return `minipaas-bench/${service}:${version}`
}

/** Two images for each of the five components, which differ, as after a change to its sources. */
export async function buildFiveImages(docker: Docker): Promise<void> {
  for (const service of SERVICES) {
    for (const version of [1, 2] as const) {
      const context = pack()
      context.entry({ name: 'Dockerfile' }, `FROM busybox:1.36\nCOPY index.html /www/index.html\n`)
      context.entry({ name: 'index.html' }, `${service} ${version}\n`)
      context.finalize()
      const output = await docker.buildImage(context as unknown as NodeJS.ReadableStream, { t: imageOf(service, version) })
      await new Promise((resolve, reject) =>
        docker.modem.followProgress(output, (error, result) => (error ? reject(error) : resolve(result))),
      )
    }
  }
}

/** The five as an Application: each listens, and is ready when its port answers. */
export function application(version: Version): string {
  const components = SERVICES.map(
    (service) => `    - name: ${service}
      type: webservice
      properties:
        image: ${imageOf(service, version)}
        cmd: ${JSON.stringify(COMMAND)}
        ports: [{ port: ${PORT}, expose: true }]
`,
  )
  return `apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata:\n  name: bench\nspec:\n  components:\n${components.join('')}`
}

/**
 * The same five for Compose. With an init process, as ours have one, so that a stop takes no grace period; one port is published, as
 * the edge publishes one.
 */
export function composeFile(version: Version): string {
  const services = SERVICES.map(
    (service, index) => `  ${service}:
    image: ${imageOf(service, version)}
    command: ${JSON.stringify(COMMAND)}
    init: true
${index === 0 ? `    ports: ["127.0.0.1::${PORT}"]\n` : ''}`,
  )
  return `version: "3.8"\nservices:\n${services.join('')}`
}
