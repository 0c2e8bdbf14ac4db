import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ResolvedApp } from '../../apps/app.ts'
import type { KnownWork } from './known-work.ts'

const BURNING = new URL('../../apps/fixtures/burning.ts', import.meta.url)

/** Modules in a private folder; `remove` takes it away again. */
export interface PlantedApps {
  /** In the order of the works given. */
  readonly byBase: ReadonlyMap<ResolvedApp, readonly ResolvedApp[]>
  remove(): Promise<void>
}

/** Writes one tiny module per base and work: real apps, started like every other. */
export async function writePlantedApps(bases: readonly ResolvedApp[], works: readonly KnownWork[]): Promise<PlantedApps> {
  const folder = await mkdtemp(join(tmpdir(), 'framework-cost-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const byBase = new Map<ResolvedApp, ResolvedApp[]>()
    for (const base of bases) {
      const apps = works.map(({ microseconds }) => plantedApp(base, microseconds, folder))
      byBase.set(base, apps)
      for (const [index, { modulePath }] of apps.entries()) await writeFile(modulePath, moduleText(base, works[index]!.turns))
    }
    return { byBase, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** `koa+0.5us` says what it is wherever an app's id is shown. */
function plantedApp({ id }: ResolvedApp, microseconds: number, folder: string): ResolvedApp {
  const name = `${id}+${microseconds}us`
  return { id: name, modulePath: join(folder, `${name}.mjs`), given: name, insideProject: true }
}

/** Absolute addresses: the folder is nowhere near the project. */
function moduleText({ modulePath }: ResolvedApp, turns: number): string {
  const [base, burning] = [pathToFileURL(modulePath).href, BURNING.href].map((address) => JSON.stringify(address))
  return `import base from ${base}\nimport { burning } from ${burning}\n\nexport default burning(base, ${turns})\n`
}
