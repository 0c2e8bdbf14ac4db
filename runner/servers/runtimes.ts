import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { UserError } from '../result/errors.ts'
import { chosenFrom } from '../result/option-values.ts'
import { installPackages, packageCacheFolder } from './package-cache.ts'

const run = promisify(execFile)
const PROJECT = join(import.meta.dirname, '..', '..')
const APPS = join(PROJECT, 'apps')
const STRIP = fileURLToPath(new URL('./strip-types.ts', import.meta.url))

/** What runs an app, other than the Node that runs the suite, and the apps as it can run them. */
export interface Runtime {
  /** `node`, `bun` or `deno`. */
  readonly name: string
  /** `22.21.1`. */
  readonly version: string
  /** Executable and arguments in front of a module. */
  readonly argv: readonly string[]
  /** Folder of the apps as plain JavaScript: not every runtime knows types. */
  readonly apps: string
}

interface Kind {
  /** npm package that holds the executable, without an install script; undefined: there is none for this machine. */
  readonly package: string | undefined
  /** Where in the package. */
  readonly executable: string
  readonly arguments: readonly string[]
}

const machine = `${process.platform}-${process.arch}`
const isLinux = machine === 'linux-x64'

const kinds: Readonly<Record<string, Kind>> = {
  node: { package: `node-${machine}`, executable: 'bin/node', arguments: [] },
  bun: { package: isLinux ? '@oven/bun-linux-x64' : undefined, executable: 'bin/bun', arguments: [] },
  deno: {
    package: isLinux ? '@deno/linux-x64-glibc' : undefined,
    executable: 'deno',
    arguments: ['run', '--allow-all', '--node-modules-dir=manual'],
  },
}

/**
 * Installs a runtime beside the project.
 * @param wanted `node`, which is the one that runs the suite, or a name and a version as npm takes it: `node@22`, `bun`, `deno@2.9.6`
 * @throws UserError for a name nobody knows, and when npm cannot install it
 */
export async function installRuntime(wanted: string): Promise<Runtime> {
  const [, name = '', specification] = /^([^@]*)(?:@(.+))?$/.exec(wanted) ?? []
  const kind = kinds[chosenFrom('runtime', Object.keys(kinds), name)]!
  const apps = await plainApps()
  if (name === 'node' && specification === undefined)
    return { name, version: process.versions.node, argv: [process.execPath], apps }
  if (kind.package === undefined) {
    throw new UserError('no-runtime', `there is no ${name} for ${machine} in npm`, {
      hint: 'write a server.json that starts your own',
    })
  }
  const folder = join(await installPackages({ [kind.package]: specification ?? 'latest' }), 'node_modules', kind.package)
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { readonly version: string }
  return { name, version, argv: [join(folder, kind.executable), ...kind.arguments], apps }
}

/** The modules of the apps without their types, made once for every state of the sources; packages are those of the project. */
export async function plainApps(cache: string = packageCacheFolder()): Promise<string> {
  const sources = readdirSync(APPS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name) && !entry.parentPath.includes('fixtures'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
  const hash = createHash('sha256')
  for (const path of sources) hash.update(relative(APPS, path)).update(readFileSync(path))
  const kept = join(cache, `apps-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(kept)) return join(kept, 'apps')
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  const folder = mkdtempSync(join(cache, 'new-'))
  try {
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
    symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
    for (const path of sources) {
      const plain = join(folder, 'apps', relative(APPS, path)).replace(/\.ts$/, '.js')
      mkdirSync(dirname(plain), { recursive: true })
      // In a process of its own: Node warns of what it calls experimental.
      const { stdout } = await run(process.execPath, ['--disable-warning=ExperimentalWarning', STRIP, path])
      writeFileSync(plain, stdout)
    }
    if (!existsSync(kept)) renameSync(folder, kept)
    return join(kept, 'apps')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
