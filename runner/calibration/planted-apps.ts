import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ResolvedApp } from '../../apps/app.ts'
import type { KnownWork } from './known-work.ts'

const BURNING = new URL('../../apps/fixtures/burning.ts', import.meta.url)

/** An app that burns, and where its processes leave how long that took. */
export interface PlantedApp extends ResolvedApp {
  /** Absolute path; one file per process, written when it ends. */
  readonly samplesFolder: string
}

/** Modules in a private folder; `remove` takes it away again. */
export interface PlantedApps {
  /** In the order of the works given. */
  readonly byBase: ReadonlyMap<ResolvedApp, readonly PlantedApp[]>
  remove(): Promise<void>
}

/** Writes one tiny module per base and work: real apps, started like every other. */
export async function writePlantedApps(bases: readonly ResolvedApp[], works: readonly KnownWork[]): Promise<PlantedApps> {
  const folder = await mkdtemp(join(tmpdir(), 'framework-cost-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const byBase = new Map<ResolvedApp, PlantedApp[]>()
    for (const base of bases) {
      const apps = works.map(({ microseconds }) => plantedApp(base, microseconds, folder))
      byBase.set(base, apps)
      for (const [index, app] of apps.entries()) {
        await mkdir(app.samplesFolder)
        await writeFile(app.modulePath, moduleText(base, works[index]!.turns, app.samplesFolder))
      }
    }
    return { byBase, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** `koa+0.5us` says what it is wherever an app's id is shown. */
function plantedApp({ id }: ResolvedApp, microseconds: number, folder: string): PlantedApp {
  const name = `${id}+${microseconds}us`
  const path = join(folder, name)
  return { id: name, modulePath: `${path}.mjs`, given: name, insideProject: true, samplesFolder: `${path}.samples` }
}

/** Absolute addresses: the folder is nowhere near the project. */
function moduleText({ modulePath }: ResolvedApp, turns: number, samplesFolder: string): string {
  const [base, burning] = [pathToFileURL(modulePath).href, BURNING.href].map((address) => JSON.stringify(address))
  const call = `burning(base, ${turns}, ${JSON.stringify(samplesFolder)})`
  return `import base from ${base}\nimport { burning } from ${burning}\n\nexport default ${call}\n`
}
