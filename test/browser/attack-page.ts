/** What a hostile page tries, and what it can tell afterwards: `blocked`, `opaque` (sent, nothing readable), `read <status>` or `open`. */
export type AttackResults = Readonly<Record<string, string>>

export interface AttackOrder {
  /** `http://host:port` of the victim. */
  readonly target: string
  /** The victim's secret, as if it had leaked; absent for a page that knows nothing. */
  readonly token?: string
}

/** Runs inside the page, so it uses nothing from outside its own body. */
export async function attack({ target, token }: AttackOrder): Promise<AttackResults> {
  const page = globalThis as unknown as {
    readonly document: {
      createElement(name: string): Record<string, unknown> & { submit(): void; append(child: unknown): void }
      readonly body: { append(child: unknown): void }
    }
    readonly navigator: { sendBeacon(url: string, body: string): boolean }
    readonly WebSocket: new (
      url: string,
      protocols: readonly string[],
    ) => { onopen: () => void; onerror: () => void; onclose: () => void; close(): void }
  }
  const order = JSON.stringify({ files: [], directory: '/' })
  const bearer: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }

  const tryFetch = async (path: string, init: RequestInit): Promise<string> => {
    try {
      const response = await fetch(target + path, init)
      return response.type === 'opaque' ? 'opaque' : `read ${response.status}`
    } catch {
      return 'blocked'
    }
  }
  const trySocket = (path: string, protocols: readonly string[]): Promise<string> =>
    new Promise((resolve) => {
      const socket = new page.WebSocket(target.replace('http', 'ws') + path, protocols)
      socket.onopen = () => {
        resolve('open')
        socket.close()
      }
      socket.onerror = () => resolve('blocked')
      socket.onclose = () => resolve('blocked')
    })
  const tryElement = (name: string, path: string): Promise<string> =>
    new Promise((resolve) => {
      const element = page.document.createElement(name)
      element.onload = () => resolve('loaded')
      element.onerror = () => resolve('blocked')
      element.src = target + path
      page.document.body.append(element)
    })
  const tryForm = (path: string): Promise<string> =>
    new Promise((resolve) => {
      const frame = page.document.createElement('iframe')
      frame.name = 'answer'
      const form = page.document.createElement('form')
      const field = page.document.createElement('input')
      Object.assign(form, { action: target + path, method: 'post', enctype: 'text/plain', target: 'answer' })
      Object.assign(field, { name: '{"reason":"', value: '"}' })
      form.append(field)
      page.document.body.append(frame)
      page.document.body.append(form)
      frame.onload = () => resolve('sent')
      form.submit()
    })

  const protocols = ['minipaas.v1', `minipaas.token.${token ?? 'guess'}`]
  return {
    get: await tryFetch('/v1/environments', {}),
    'get with a header': await tryFetch('/v1/environments', { headers: { authorization: 'Bearer guess', ...bearer } }),
    'get without cors': await tryFetch('/v1/environments', { mode: 'no-cors' }),
    'post text': await tryFetch('/v1/shutdown', { method: 'POST', body: '{"reason":"attack"}' }),
    'post text without cors': await tryFetch('/v1/shutdown', { method: 'POST', mode: 'no-cors', body: '{"reason":"attack"}' }),
    'post nothing without cors': await tryFetch('/v1/shutdown', { method: 'POST', mode: 'no-cors' }),
    'post json': await tryFetch('/v1/environments/shop/apply', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...bearer },
      body: order,
    }),
    delete: await tryFetch('/v1/environments/shop', { method: 'DELETE', headers: bearer }),
    beacon: page.navigator.sendBeacon(`${target}/v1/shutdown`, '{"reason":"attack"}') ? 'sent' : 'blocked',
    form: await tryForm('/v1/shutdown'),
    script: await tryElement('script', '/v1/environments'),
    image: await tryElement('img', '/metrics'),
    socket: await trySocket('/v1/environments/shop/events', []),
    'socket with protocols': await trySocket('/v1/environments/shop/events?after=0', protocols),
    'exec socket': await trySocket('/v1/environments/shop/exec', protocols),
    'session socket': await trySocket('/v1/sessions/attack', protocols),
  }
}
