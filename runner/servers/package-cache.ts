import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { UserError } from '../result/errors.ts'

const run = promisify(execFile)
const INSTALL_LIMIT_MILLISECONDS = 300_000
const LOCK = 'package-lock.json'
const MODULES = 'node_modules/'
/** No script of a package runs, nothing is reported to anybody, and nothing but mistakes is printed. */
const QUIETLY = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error']
const MOST_REASON_CHARACTERS = 300

/** Where packages are kept that comparisons install: one folder for every lockfile. Nothing is installed into the project. */
export function packageCacheFolder({ XDG_CACHE_HOME }: NodeJS.ProcessEnv = process.env): string {
  return join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'framework-cost', 'packages')
}

/**
 * Installs packages into a folder of the cache, or finds them there: npm resolves them to a lockfile, and its hash names the folder.
 * @param dependencies specifications as in a package.json, by name
 * @returns the folder; `node_modules` is in it
 * @throws UserError `install-failed` with what npm says
 */
export async function installPackages(
  dependencies: Readonly<Record<string, string>>,
  cache: string = packageCacheFolder(),
): Promise<string> {
  return keptIn(
    cache,
    async (folder) => {
      const manifest = { name: 'compared', private: true, type: 'module', dependencies }
      writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
      await npm(['install', '--package-lock-only', ...QUIETLY], folder, dependencies)
      return `${shortHash(readFileSync(join(folder, LOCK)))}-${process.platform}-${process.arch}`
    },
    (folder) => npm(['ci', ...QUIETLY], folder, dependencies),
  )
}

/**
 * A folder of the cache that is filled once; of what fails nothing is left.
 * @param nameOf its name, once the empty folder has what decides about it
 */
export async function keptIn(
  cache: string,
  nameOf: (folder: string) => Promise<string>,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  mkdirSync(cache, { recursive: true, mode: 0o700 })
  const folder = mkdtempSync(join(cache, 'new-'))
  try {
    const kept = join(cache, await nameOf(folder))
    if (existsSync(kept)) return kept
    await fill(folder)
    try {
      renameSync(folder, kept)
    } catch (error) {
      // Another run has filled it meanwhile.
      if (!existsSync(kept)) throw error
    }
    return kept
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Enough of a hash to name a file by what is in it. */
export function shortHash(...parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest('hex').slice(0, 16)
}

/** Version of every package that is installed in a folder of the cache, by its path in node_modules. */
export function packagesIn(folder: string): Record<string, string> {
  const path = join(folder, 'node_modules', '.package-lock.json')
  if (!existsSync(path)) return {}
  const { packages } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly packages: Readonly<Record<string, { readonly version?: string; readonly resolved?: string }>>
  }
  const known = Object.entries(packages).flatMap(([place, { version, resolved = '' }]) => {
    // A folder that is linked has its version under its own path.
    const found = version ?? packages[resolved]?.version
    return found !== undefined && place.startsWith(MODULES) ? [[place.slice(MODULES.length), found] as const] : []
  })
  return Object.fromEntries(known)
}

/** Removes all that comparisons have installed. @returns whether there was anything */
export function removePackages(cache: string = packageCacheFolder()): boolean {
  const existed = existsSync(cache)
  rmSync(cache, { recursive: true, force: true })
  return existed
}

async function npm(args: readonly string[], cwd: string, dependencies: Readonly<Record<string, string>>): Promise<void> {
  // The npm that runs this, where it does.
  const { npm_execpath: script } = process.env
  const [program, ...first] = script === undefined ? ['npm'] : [process.execPath, script]
  try {
    await run(program!, [...first, ...args], { cwd, timeout: INSTALL_LIMIT_MILLISECONDS })
  } catch (error) {
    const { stderr = '', message, code } = error as Error & { readonly stderr?: string; readonly code?: unknown }
    const wanted = Object.entries(dependencies)
      .map((wanted) => wanted.join('@'))
      .join(', ')
    if (code === 'ENOENT')
      throw new UserError('install-failed', `${wanted} cannot be installed: there is no npm`, { cause: error })
    throw new UserError('install-failed', `${wanted} cannot be installed: ${reasonOf(stderr || message)}`, {
      hint: 'npm view <package> versions shows what there is; a registry has to be reached',
      cause: error,
    })
  }
}

/** What npm says, without its codes and without the paths of its logs. */
function reasonOf(stderr: string): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!) ?/, '').trim())
    .filter((line) => line !== '' && !/^(code |A complete log|\/|This is not a proper url|Note that you can also)/.test(line))
  return lines.join('; ').slice(0, MOST_REASON_CHARACTERS) || 'npm does not say why'
}
