/** A key of a secret: where a value is found, never the value. */
export interface SecretRef {
  readonly namespace: string
  readonly secret: string
  readonly key: string
}
