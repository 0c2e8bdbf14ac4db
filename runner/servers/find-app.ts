import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, isAbsolute, join, parse, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BASELINE } from '../../apps/app.ts'
import type { AppWish, AskedApp } from '../result/asked-app.ts'
import { UserError } from '../result/errors.ts'
import { obviousId } from '../result/format.ts'
import { variantId } from '../result/ids.ts'
import { nearest } from '../result/plain-text.ts'
import { fillFolder, makePrivateFolder, removeFolder } from './keeper.ts'
import { type PackageWish, readPackageWish, wishName } from './package-wish.ts'
import type { Runtime } from './runtimes.ts'
import { MANIFEST_NAME, type ManifestInFolder, readManifest } from './server-manifest.ts'

/** An app as it was requested, not yet loaded. */
export interface ResolvedApp {
  /** Folder name, or what names a stranger's module best; only `[a-zA-Z0-9._-]`, at most 60 characters. Not unique across calls. */
  readonly id: string
  /** Absolute path of the module that default-exports the app, or of the manifest of a program. */
  readonly modulePath: string
  /** How a program is started that is no module of ours; absent: the module. */
  readonly program?: ManifestInFolder
  /** Another version of its package than the one installed here; the module is still the shipped one. */
  readonly wish?: PackageWish
  /** All packages that are installed for it, versions by path in node_modules; absent: those of the project. */
  readonly packages?: Readonly<Record<string, string>>
  /** What runs it; absent: the Node that runs the suite. */
  readonly runner?: Runtime
  /** How it is started and called otherwise than by itself; absent: it is not. */
  readonly own?: Omit<AppWish, 'app'>
  /** The name or path as the user gave it. */
  readonly given: string
  /** False for a module that lives outside this project. */
  readonly insideProject: boolean
}

const projectFolder = join(import.meta.dirname, '..', '..')
const appsFolder = join(projectFolder, 'apps')
const moduleNames = [MANIFEST_NAME, 'app.ts', 'app.mts', 'app.js', 'app.mjs']
const longestId = 60

/** Ids of the apps this project ships: the folders of `apps/` that hold an `app.ts`, the baseline first, then by name. */
export function knownApps(): string[] {
  const ids = readdirSync(appsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(shippedModule(entry.name)))
    .map((entry) => entry.name)
    .sort()
  return [...ids.filter((id) => id === BASELINE), ...ids.filter((id) => id !== BASELINE)]
}

/**
 * Finds an app by id (`koa`), by id and version (`koa@2`) or by path (`./mine/app.ts`, `./mine`), relative to `cwd`.
 * The module is not imported: that happens in the child process.
 *
 * @throws {UserError} `unknown-app` for a name nobody has, `app-not-found` for a path where no app module is.
 */
export function resolveApp(given: string, cwd: string): ResolvedApp {
  const known = knownApps()
  if (known.includes(given)) {
    return { id: given, modulePath: shippedModule(given), given, insideProject: true }
  }
  const wish = readPackageWish(
    given,
    known.filter((id) => id !== BASELINE),
  )
  if (wish !== null) {
    return { id: cleaned(wishName(wish)), modulePath: shippedModule(wish.name), given, insideProject: true, wish }
  }
  const looksLikePath = /[/\\]|\.(ts|js|mts|mjs|json)$/.test(given)
  const isFolderWithApp = given !== '' && moduleIn(resolve(cwd, given)) !== undefined
  if (!looksLikePath && !isFolderWithApp) throw unknownApp(given, known)
  const checkout = checkoutWish(resolve(cwd, given), known)
  if (checkout !== null) {
    return {
      id: cleaned(wishName(checkout)),
      modulePath: shippedModule(checkout.name),
      given,
      insideProject: false,
      wish: checkout,
    }
  }
  const modulePath = findModule(given, resolve(cwd, given))
  const program = basename(modulePath) === MANIFEST_NAME ? { program: readManifest(modulePath) } : {}
  return { id: idOf(modulePath), modulePath, given, insideProject: isInside(projectFolder, modulePath), ...program }
}

/** Finds an app that may be asked for with more than its name. @throws UserError what `resolveApp` throws, and for what a program cannot have */
export function resolveAskedApp(asked: AskedApp, cwd: string): ResolvedApp {
  if (typeof asked === 'string') return resolveApp(asked, cwd)
  const { app: given, ...own } = asked
  const app = resolveApp(given, cwd)
  const misplaced = (['node', 'nodeFlags'] as const).find((name) => own[name] !== undefined)
  if (app.program !== undefined && misplaced !== undefined) {
    throw new UserError('no-module', `${given} is a program, and ${misplaced} is for modules`, {
      hint: `what runs it is in the command of its ${MANIFEST_NAME}`,
    })
  }
  const plain = own.node === undefined ? app.id : variantId(app.id, `node-${own.node}`)
  return { ...app, id: cleaned(own.title === undefined ? plain : obviousId(own.title)) || app.id, own }
}

/** A folder with the package of a shipped app, as its repository is, and with no app of its own. */
function checkoutWish(path: string, known: readonly string[]): PackageWish | null {
  if (moduleIn(path) !== undefined) return null
  try {
    const { name } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { readonly name?: unknown }
    return typeof name === 'string' && name !== BASELINE && known.includes(name) ? { name, specification: `file:${path}` } : null
  } catch {
    return null
  }
}

function shippedModule(id: string): string {
  return join(appsFolder, id, 'app.ts')
}

function findModule(given: string, path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false })
  const notFound = (message: string, hint: string) => new UserError('app-not-found', message, { hint })
  if (stats === undefined) {
    const hint = `"${given}" is a path because of its slash or ending; known apps are ${knownApps().join(', ')}`
    throw notFound(`no such app: there is no file ${path}`, hint)
  }
  const module = stats.isDirectory() ? moduleIn(path) : path
  if (module !== undefined) return module
  const message = `no app in the folder ${path}: it holds none of ${moduleNames.join(', ')}`
  throw notFound(message, 'give the path of the module itself, for example ./mine/server.ts')
}

function moduleIn(folder: string): string | undefined {
  return moduleNames.map((name) => join(folder, name)).find((path) => existsSync(path))
}

function unknownApp(given: string, known: string[]): UserError {
  const meant = nearest(given, known)
  const suggestion = meant === null ? '' : `did you mean "${meant}"? `
  return new UserError('unknown-app', `unknown app "${given}"`, {
    hint: `${suggestion}known apps are ${known.join(', ')}; koa@2 and a path such as ./mine/app.ts work too`,
  })
}

function idOf(modulePath: string): string {
  const { base, name: stem, dir } = parse(modulePath)
  const name = base === MANIFEST_NAME || stem === 'app' || stem === 'index' ? basename(dir) : stem
  return cleaned(name.replaceAll('@', '-')) || 'app'
}

/** Ids become file names and table cells: no leading dot or dash, which would hide a file or look like an option. */
function cleaned(name: string): string {
  const id = name.replace(/[^a-zA-Z0-9._@-]+/g, '-').replace(/^[.-]+|-+$/g, '')
  return id.slice(0, longestId)
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return !isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`)
}

/** An app that is what a function of this project makes of another app, of some data, or of both. */
export interface AppRecipe {
  /** Also the name of its file: letters, digits and `.`, `-`, `_`, `+`, `@`. */
  readonly id: string
  /** Address of the module that exports the function. */
  readonly module: URL
  readonly name: string
  /** Its first argument, where it takes an app; imported by the generated module, so a stranger's will do. */
  readonly base?: ResolvedApp
  /** Further arguments, written as JSON. */
  readonly arguments?: readonly unknown[]
}

/** Modules in a private folder, in the order of the recipes; `remove` takes it away again. */
export interface GeneratedApps {
  readonly apps: readonly ResolvedApp[]
  remove(): Promise<void>
}

/** Writes one tiny module per recipe: real apps, started like every other. */
export async function writeGeneratedApps(recipes: readonly AppRecipe[]): Promise<GeneratedApps> {
  const folder = makePrivateFolder()
  const remove = async () => removeFolder(folder)
  try {
    fillFolder(folder, new Map(recipes.map((recipe) => [`${recipe.id}.mjs`, moduleText(recipe)])))
  } catch (error) {
    await remove()
    throw error
  }
  const apps = recipes.map(({ id }) => ({ id, modulePath: join(folder, `${id}.mjs`), given: id, insideProject: true }))
  return { apps, remove }
}

/** Absolute addresses: the folder is nowhere near the project. */
function moduleText({ base, module, name, arguments: further = [] }: AppRecipe): string {
  const importBase = base && `import base from ${JSON.stringify(pathToFileURL(base.modulePath).href)}\n`
  const importMake = `import { ${name} as make } from ${JSON.stringify(module.href)}\n`
  const values = [...(base === undefined ? [] : ['base']), ...further.map((value) => JSON.stringify(value))]
  return `${importBase ?? ''}${importMake}\nexport default make(${values.join(', ')})\n`
}
