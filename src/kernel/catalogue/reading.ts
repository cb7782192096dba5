import type { Code } from '../diagnostic.ts'
import type { CatalogueEntry } from './entry.ts'

/** Codes of reading: files, syntax, formats, the envelope, secrets, the overlay. */
export const readingCodes = {
  MP1001: {
    title: 'the text is not valid YAML or JSON',
    explanation:
      'The file cannot be parsed. The place shown is where the damage begins as far as that can be told: an unclosed quote or bracket is shown where it opens, not where the parser gave up.',
  },
  MP1002: {
    title: 'a key is written twice',
    explanation:
      'A map has the same key more than once. Parsers disagree about which one counts, so minipaas refuses it: remove or rename one.',
  },
  MP1003: {
    title: 'an alias leads nowhere',
    explanation: 'A YAML alias (`*name`) has no anchor (`&name`) before it, or stands inside its own anchor.',
  },
  MP1004: {
    title: 'aliases expand to too much',
    explanation: 'The aliases of a document expand to more values than any real model has. Write the values out where they are needed.',
  },
  MP1005: {
    title: 'values are nested too deeply',
    explanation: 'Maps and lists are nested more levels deep than any real model. Usually brackets are not closed.',
  },
  MP1006: {
    title: 'there is no such file',
    explanation:
      'A model file, directory or overlay that was asked for does not exist. Relative paths start at the current directory on the command line, and at the directory of `minipaas.yaml` inside it.',
  },
  MP1007: {
    title: 'the file is too large',
    explanation: 'Model files larger than 5 MB are not read: the path is probably wrong.',
  },
  MP1008: {
    title: 'the file is not UTF-8 text',
    explanation: 'The file holds bytes that are no UTF-8 text. Save it as UTF-8 without a byte order of its own.',
  },
  MP1009: {
    title: 'the file is empty',
    explanation: 'The file holds no document, or only comments.',
  },
  MP1010: {
    title: 'the directory holds no model files',
    explanation: 'Of a directory, files with the endings .yaml, .yml and .json are read, but not those of its subdirectories.',
  },
  MP1011: {
    title: 'a file of the directory is not a model',
    explanation:
      'A file found in the given directory holds no document of a known format and is passed over. Name files one by one to be strict about them.',
  },
  MP1012: {
    title: 'there is no model file',
    explanation: 'No file was given, the overlay lists none under `models`, and none has a default name.',
  },
  MP1013: {
    title: 'a tag is not known',
    explanation: 'A YAML tag (`!name`) means nothing to minipaas; the value is read as plain text.',
  },
  MP1014: {
    title: 'a file is given twice',
    explanation: 'The same file was given more than once. It is read once: files are concatenated, never merged.',
  },
  MP1015: {
    title: 'nothing is an application',
    explanation: 'The files are readable, but none of their documents is an Application of core.oam.dev/v1beta1.',
  },
  MP1016: {
    title: 'a file cannot be read',
    explanation: 'The file exists, but the system refuses to let it be read. Check its permissions.',
  },
  MP1020: {
    title: 'Compose is not supported yet',
    explanation: 'The file was recognised as a Compose file. Describe the application as an OAM Application instead.',
  },
  MP1021: {
    title: 'Azure Container Apps is not supported yet',
    explanation: 'The file was recognised as a container app of Azure. Describe the application as an OAM Application instead.',
  },
  MP1022: {
    title: 'Dapr multi-app run files are not supported yet',
    explanation: 'The file was recognised as a multi-app run file of Dapr. Describe the application as an OAM Application instead.',
  },
  MP1023: {
    title: 'own definitions are not supported yet',
    explanation: 'A component, trait, policy or step definition with a CUE template cannot be evaluated yet. Use the built-in types.',
  },
  MP1024: {
    title: 'an old version of OAM',
    explanation:
      'ApplicationConfiguration and the v1alpha kinds belong to versions of OAM before 0.3. Rewrite them as one Application of core.oam.dev/v1beta1, in which each component has a type, properties and traits.',
  },
  MP1025: {
    title: 'the version or kind of the document is wrong',
    explanation: 'The document looks like one that is read here, but its `apiVersion` or `kind` is not the one that is understood.',
  },
  MP1026: {
    title: 'the format of the document is not known',
    explanation: 'The document is neither an OAM Application nor an object that stands beside one, and no other known format.',
  },
  MP1027: {
    title: 'wadm applications are not supported',
    explanation: 'The Application is written for wasmCloud: the envelope is the same, the component types are others.',
  },
  MP1028: {
    title: 'a Kubernetes object is not an application',
    explanation:
      'The object is valid for Kubernetes, but it is not an application, and nothing is started for it. Describe it as a component.',
  },
  MP1029: {
    title: 'the object has no effect here',
    explanation: 'The kind is known and means nothing on one machine, such as a Namespace or a Role.',
  },
  MP1030: {
    title: 'a field has the wrong type',
    explanation: 'A field of the envelope or of an object has another type than the API asks for. The API server would refuse it as well.',
  },
  MP1031: {
    title: 'a required field is missing',
    explanation: 'The place shown is the map that should contain the field.',
  },
  MP1032: {
    title: 'a field is not known',
    explanation:
      'The envelope has no field of this name. The API server drops such fields in silence, so that a misspelt one has no effect; minipaas warns, and makes it an error when a required field is missing beside it.',
  },
  MP1033: {
    title: 'the field has no effect',
    explanation: 'The field is known and accepted, and has no effect here; the message says why.',
  },
  MP1034: {
    title: 'the field is approximated',
    explanation: 'The field is known and accepted, and behaves differently here; the message says how.',
  },
  MP1035: {
    title: 'the field is not supported',
    explanation: 'The field is known, and leaving it out would change what the application means, so it is refused.',
  },
  MP1036: {
    title: 'the name is not valid',
    explanation:
      'Names of applications and components follow RFC 1123: lower-case letters, digits and hyphens, at most 63 characters for a component. They become host names.',
  },
  MP1037: {
    title: 'this is not a duration',
    explanation: 'Durations are written as in Go: a number with a unit (ms, s, m, h), or several of them, such as 1h30m.',
  },
  MP1038: {
    title: 'the value is not among the allowed ones',
    explanation: 'The field accepts a fixed list of values. Upper and lower case matter.',
  },
  MP1040: {
    title: 'a secret value is not base64',
    explanation: 'Values under `data` of a Secret are base64. Plain text goes under `stringData`.',
  },
  MP1041: {
    title: 'a secret value is not text',
    explanation: 'A secret value is a number, a truth value or a collection. Put it in quotes.',
  },
  MP1050: {
    title: 'the overlay is not valid',
    explanation:
      'A value of minipaas.yaml has another type or form than its schema asks for. The schema is published as schema/minipaas.schema.json.',
  },
  MP1051: {
    title: 'the overlay has an unknown key',
    explanation: 'minipaas.yaml knows no such key at this place.',
  },
  MP1052: {
    title: 'a variable is not set',
    explanation:
      '`${NAME}` in the overlay has no value in the environment, in the files given by --env-file, or in .env beside the overlay. A default is written `${NAME:-default}`; `$${NAME}` leaves it to a shell.',
  },
  MP1053: {
    title: 'this is not a variable',
    explanation: 'In the overlay only `${NAME}` and `${NAME:-default}` are understood. `$$` is a dollar sign.',
  },
  MP1054: {
    title: 'there is no such env file',
    explanation: 'A file listed under `envFiles`, or given by --env-file, does not exist.',
  },
  MP1055: {
    title: 'the env file is not valid',
    explanation: 'A line is not `NAME=value`, or a quote is never closed. Comments start with #.',
  },
  MP1056: {
    title: 'a secret cannot stand here',
    explanation:
      'A value from an env file is used in a command or a build argument, where it would be visible in process lists or in the image. Pass it as an environment variable.',
  },
  MP1057: {
    title: 'a local build or command was proposed',
    explanation:
      'The overlay does not say how a component is built or run, and a directory of the project is called like its image: its Dockerfile is the build, its start script or the CMD of the Dockerfile the command.',
  },
} as const satisfies Record<Code, CatalogueEntry>
