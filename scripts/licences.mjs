// The licences of the packages whose code the build puts into dist: they ask to be passed on with it.
import { readdirSync, readFileSync } from 'node:fs'
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
  const files = readdirSync(join(root, folder)).filter((file) => legalFile.test(file))
  if (files.length === 0 || license === undefined) throw new Error(`${folder} is bundled but brings no licence`)
  const texts = files.sort().map((file) =>
    readFileSync(join(root, folder, file), 'utf8')
      .replaceAll('\r\n', '\n')
      .trim(),
  )
  return { title: `${name} ${version} (${license})`, text: texts.join('\n\n') }
}
