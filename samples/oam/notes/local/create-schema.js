// First task: an empty store.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

// A process is told where the volume is; in a container it is where app.yaml says.
const { MINIPAAS_MOUNT_DATA: data = '/data' } = process.env

writeFileSync(join(data, 'notes.json'), '[]')
console.log('the store is there')
