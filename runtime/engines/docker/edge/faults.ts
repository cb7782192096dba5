import { FaultError } from '../../../../src/kernel/fault.ts'

/** The faults of edges in containers and of their image; the codes are those of the catalogue. */
export const edgeFaults = {
  edgeAway: (environment: string, why: string) =>
    new FaultError({
      kind: 'unavailable',
      code: 'MP4121',
      message: `the edge of environment ${environment} does not answer: ${why}`,
      next: 'run `minipaas doctor`',
      retry: 'backoff',
    }),
  noHouseImage: (base: string, whyNot: { readonly base: string; readonly ownNode: string }) =>
    new FaultError({
      kind: 'not-found',
      code: 'MP4230',
      message: `the image of edges and sandboxes cannot be made: ${base} is not on the engine and cannot be pulled (${whyNot.base}), nor can this machine's Node take its place (${whyNot.ownNode})`,
      next: `bring ${base} over with \`docker save\` and \`docker load\` from where there is a network, name another image with Node and ip in MINIPAAS_EDGE_BASE, or use --engine process`,
      retry: 'backoff',
    }),
  unfitBase: (base: string, why: string) =>
    new FaultError({
      kind: 'invalid',
      code: 'MP4231',
      message: `edges and sandboxes cannot be made from ${base}: ${why}`,
      next: 'name an image with Node 20 or later, ip and sleep in MINIPAAS_EDGE_BASE, or leave it out',
      retry: 'backoff',
    }),
  unreachable: (subject: string, why: string) =>
    new FaultError({ kind: 'unavailable', code: 'MP4232', message: `${subject} cannot be reached: ${why}`, retry: 'soon' }),
}
