import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))

interface Locked {
  readonly resolved?: string
  readonly integrity?: string
  readonly hasInstallScript?: boolean
}

describe('scripts of npm', () => {
  it('are programs and their arguments, which every shell knows, that of Windows as well', () => {
    for (const [name, script] of Object.entries<string>(read('package.json').scripts)) {
      for (const command of script.split(' && ')) expect(command, name).toMatch(/^(node|npm|vitest|biome|tsc)( [\w./-]+)*$/)
    }
  })
})

describe('what npm ci brings', () => {
  const packages = Object.entries(read('package-lock.json').packages as Record<string, Locked>).filter(([path]) => path !== '')

  it('comes from the registry, with a checksum', () => {
    expect(packages.length).toBeGreaterThan(200)
    for (const [path, { resolved, integrity }] of packages) {
      // Without an address it is the registry that npm is set to.
      expect(resolved ?? 'https://registry.npmjs.org/', path).toMatch(/^https:\/\/registry\.npmjs\.org\//)
      expect(integrity, path).toMatch(/^sha512-/)
    }
  })

  it('runs one install script, that of Node itself, and what others bring is not allowed to run', () => {
    const scripts = packages
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.replace(/^.*node_modules\//, ''))
    expect(new Set(scripts)).toEqual(new Set(INSTALL_SCRIPTS))
    expect(read('package.json').allowScripts).toEqual({ node: true })
  })

  it('is pinned: no range in package.json', () => {
    const { dependencies, devDependencies } = read('package.json')
    for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies }))
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/)
  })
})

/** A new one has to be looked at before it is added here. */
const INSTALL_SCRIPTS = ['node']
