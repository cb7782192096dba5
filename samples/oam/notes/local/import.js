// Second task: needs what the first one made.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const path = join(process.env.MINIPAAS_MOUNT_DATA, 'notes.json')
const notes = JSON.parse(readFileSync(path, 'utf8'))
for (const language of process.env.LANGUAGES.split(',')) notes.push({ language, text: `a note in ${language}` })
writeFileSync(path, JSON.stringify(notes))
console.log(`imported ${notes.length} notes`)
