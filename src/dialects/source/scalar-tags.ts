import { type ScalarTag, Schema } from 'yaml'

/**
 * Plain scalars as the cluster's tools read them (YAML 1.1): `yes` and `on` are booleans, `0644` is octal.
 * Source: sigs.k8s.io/yaml, resolve table. `y` and `n` stay text.
 */
const booleanTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  test: /^(?:yes|Yes|YES|on|On|ON|no|No|NO|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|on)$/i.test(text),
}

const octalTag: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
}

/** One schema for all documents: building it is as much work as parsing a small file. */
export const clusterSchema = new Schema({
  schema: 'core',
  resolveKnownTags: true,
  customTags: (tags) => [booleanTag, octalTag, ...tags],
})
