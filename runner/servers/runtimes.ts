import { execFile } from 'node:child_process'
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { isAbsolute, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { UserError } from '../result/errors.ts'
import { chosenFrom } from '../result/option-values.ts'
import { installPackages, keptIn, packageCacheFolder, shortHash } from './package-cache.ts'

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

/** `node v22.21.1`, as in a result. */
export function runtimeName({ name, version }: Pick<Runtime, 'name' | 'version'>): string {
  return `${name} v${version}`
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

/** What a runtime loads in place of a module: of the apps of this suite the one without types. */
export function moduleFor({ apps }: Pick<Runtime, 'apps'>, modulePath: string): string {
  const way = relative(APPS, modulePath)
  return way.startsWith('..') || isAbsolute(way) ? modulePath : join(apps, way.replace(/\.ts$/, '.js'))
}

/** The modules of the apps without their types, made once for every state of the sources; packages are those of the project. */
export async function plainApps(cache: string = packageCacheFolder()): Promise<string> {
  const sources = readdirSync(APPS, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /(?<!\.test)\.ts$/.test(entry.name) && !entry.parentPath.includes('fixtures'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort()
  const parts = sources.flatMap((path) => [relative(APPS, path), readFileSync(path)])
  const kept = await keptIn(
    cache,
    async () => `apps-${shortHash(...parts)}`,
    async (folder) => {
      writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }\n')
      symlinkSync(join(PROJECT, 'node_modules'), join(folder, 'node_modules'))
      // In a process of its own: Node warns of what it calls experimental.
      await run(process.execPath, ['--disable-warning=ExperimentalWarning', STRIP, APPS, join(folder, 'apps'), ...sources])
    },
  )
  return join(kept, 'apps')
}
