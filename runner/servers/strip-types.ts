// Writes modules without their types, importing plain JavaScript: node runner/servers/strip-types.ts <from> <to> <module>...
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { dirname, join, relative } from 'node:path'

const [from = '', to = '', ...modules] = process.argv.slice(2)
for (const path of modules) {
  const plain = join(to, relative(from, path)).replace(/\.ts$/, '.js')
  mkdirSync(dirname(plain), { recursive: true })
  const text = stripTypeScriptTypes(readFileSync(path, 'utf8'))
  writeFileSync(plain, text.replace(/(from |import\()'(\.{1,2}\/[^']*)\.ts'/g, "$1'$2.js'"))
}
