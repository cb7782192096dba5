/** `orders`, or `orders.staging` outside the namespace `default`: unique in an environment. */
export type ComponentKey = string & { readonly __brand: 'ComponentKey' }
/** `orders--7f3a19c2e0`: a component as it was, under a hash of the fields that matter. */
export type RevisionId = string & { readonly __brand: 'RevisionId' }
/** `orders--7f3a19c2e0.2`: unique in an environment. */
export type ReplicaId = string & { readonly __brand: 'ReplicaId' }

export const DEFAULT_NAMESPACE = 'default'

export function componentKey(namespace: string, name: string): ComponentKey {
  return (namespace === DEFAULT_NAMESPACE ? name : `${name}.${namespace}`) as ComponentKey
}

export function revisionId(component: ComponentKey, hash: string): RevisionId {
  return `${component}--${hash}` as RevisionId
}

export function replicaId(revision: RevisionId, ordinal: number): ReplicaId {
  return `${revision}.${ordinal}` as ReplicaId
}

/** The revision that a replica's name tells. */
export function revisionOf(replica: ReplicaId): RevisionId {
  return replica.slice(0, replica.lastIndexOf('.')) as RevisionId
}

/** A claim's volume, unique in an environment: as in Kubernetes, applications of one namespace share a claim of the same name. */
export function claimKey(namespace: string, claim: string): string {
  return namespace === DEFAULT_NAMESPACE ? claim : `${claim}.${namespace}`
}
