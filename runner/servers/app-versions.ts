import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { extname, join, resolve } from 'node:path'
import { UserError } from '../result/errors.ts'
import type { ResolvedApp } from './find-app.ts'
import { installPackages, packagesIn, shortHash } from './package-cache.ts'
import { installRuntime, moduleFor } from './runtimes.ts'

/**
 * Installs beside the project what an app is asked for with: a version of Node, a version of its package.
 * @param cwd where relative paths of a specification start
 * @throws UserError when npm cannot install it
 */
export async function installApp(app: ResolvedApp, cwd: string): Promise<ResolvedApp> {
  const { node } = app.own ?? {}
  if (node === undefined) return installWish(app, cwd)
  const runner = await installRuntime(`node@${node}`)
  return installWish({ ...app, runner, modulePath: moduleFor(runner, app.modulePath) }, cwd)
}

/**
 * Installs what the app needs, and puts a copy of its module there, so that it finds those packages and no others. An app without a wish
 * stays what it is.
 */
export async function installWish(
  app: ResolvedApp,
  cwd: string,
  install: typeof installPackages = installPackages,
): Promise<ResolvedApp> {
  const { wish, modulePath } = app
  if (wish === undefined) return app
  const source = readFileSync(modulePath, 'utf8')
  const others = importedBy(source).filter((name) => name !== wish.name)
  const dependencies = Object.fromEntries(others.map((name) => [name, projectVersion(name)]))
  const specification = absolute(wish.specification, cwd)
  const path = /^file:(.*)$/.exec(specification)?.[1]
  // npm would make a link to nowhere of it.
  if (path !== undefined && !existsSync(path)) {
    throw new UserError('install-failed', `${app.given} cannot be installed: there is no ${path}`, {
      hint: 'name a folder with a package.json, or a tarball',
    })
  }
  const folder = await install({ ...dependencies, [wish.name]: specification })
  // Named by what is in it: the folder outlives this version of the suite.
  const hash = shortHash(source).slice(0, 12)
  const copy = join(folder, `${wish.name}-${hash}${extname(modulePath)}`)
  if (!existsSync(copy)) writeFileSync(copy, source)
  return { ...app, modulePath: copy, packages: packagesIn(folder) }
}

/** npm would look for a relative path from the folder of the cache on. */
function absolute(specification: string, cwd: string): string {
  const path = specification.replace(/^file:/, '')
  const isPath = path !== specification || /^(\.{1,2}|~)?\//.test(path)
  return isPath ? `file:${resolve(cwd, path)}` : specification
}

/** Names of the packages that a module imports; types vanish, and what Node brings along is none. */
export function importedBy(source: string): string[] {
  const imported = [...source.matchAll(/^import (?!type )[^']*'([^'.][^']*)'|import\('([^'.][^']*)'\)/gm)].map(
    ([, first, later]) => first ?? later!,
  )
  const names = imported.filter((name) => !name.startsWith('node:'))
  return names.map((name) =>
    name
      .split('/')
      .slice(0, name.startsWith('@') ? 2 : 1)
      .join('/'),
  )
}

function projectVersion(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return dependencies[name] ?? '*'
}
