// Runs to its end before the library starts; both see the volume "books".
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

writeFileSync(join(process.env.MINIPAAS_MOUNT_BOOKS, 'books.json'), JSON.stringify(['Middlemarch', 'Moby-Dick']))
console.log('fetched 2 books')
