// First task: an empty store.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

writeFileSync(join(process.env.MINIPAAS_MOUNT_DATA, 'notes.json'), '[]')
console.log('the store is there')
