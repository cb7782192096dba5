// The licences of the packages whose code the build puts into dist: they ask to be passed on with it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './toolchain.mjs'

const legalFile = /^(licen[cs]e|copying|notice)([.-].*)?$/i

/** The folder of the package that a bundled file belongs to, also of one that is nested in another; undefined for our own files. */
export function packageFolderOf(file) {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0]
}

/** One section for each package: name, version, licence, and the texts of its legal files. Throws for a package without any. */
export function thirdPartyLicences(folders) {
  const sections = [...folders].map(sectionOf).sort((left, right) => left.title.localeCompare(right.title, 'en'))
  const line = '-'.repeat(80)
  const parts = sections.map(({ title, text }) => `${line}\n${title}\n${line}\n\n${text}\n`)
  return `The programs of minipaas contain the following packages, under the licences given with each.\n\n${parts.join('\n')}`
}

function sectionOf(folder) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'))
  const texts = legalTexts(folder, name)
  if (texts.length === 0 || license === undefined) throw new Error(`${folder} is bundled but brings no licence`)
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') }
}

/** What the package brings; else the section of its read-me; else what we keep because its repository has the text in one place for many packages. */
function legalTexts(folder, name) {
  const read = (file) => readFileSync(join(root, file), 'utf8').replaceAll('\r\n', '\n').trim()
  const files = readdirSync(join(root, folder)).filter((file) => legalFile.test(file))
  if (files.length > 0) return files.sort().map((file) => read(join(folder, file)))
  const readMe = join(folder, 'README.md')
  const section = existsSync(join(root, readMe))
    ? /^##? *licen[cs]e\s+([\s\S]*?copyright[\s\S]*?)(?=\n#|$(?![\s\S]))/im.exec(read(readMe))
    : null
  if (section !== null) return [section[1].trim()]
  const kept = join('scripts', 'licences', `${name.replace('/', '+')}.txt`)
  return existsSync(join(root, kept)) ? [read(kept)] : []
}
