// Prints a module without its types, importing plain JavaScript: node runner/servers/strip-types.ts apps/serve.ts
import { readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'

const plain = stripTypeScriptTypes(readFileSync(process.argv[2]!, 'utf8'))
process.stdout.write(plain.replace(/(from |import\()'(\.{1,2}\/[^']*)\.ts'/g, "$1'$2.js'"))
