import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { type AppRecipe, type GeneratedApps, writeGeneratedApps } from '../../servers/generated-apps.ts'
import type { KnownWork } from './known-work.ts'

const BURNING = new URL('../../../apps/burning/burning.ts', import.meta.url)

/** An app that burns, and where its processes leave how long that took. */
export interface PlantedApp extends ResolvedApp {
  /** Absolute path; one file per process, written when it ends. */
  readonly samplesFolder: string
}

/** Modules in a private folder; `remove` takes it away again. */
export interface PlantedApps extends Pick<GeneratedApps, 'remove'> {
  /** In the order of the works given. */
  readonly byBase: ReadonlyMap<ResolvedApp, readonly PlantedApp[]>
}

/** Writes one tiny module per base and work: real apps, started like every other. */
export async function writePlantedApps(bases: readonly ResolvedApp[], works: readonly KnownWork[]): Promise<PlantedApps> {
  const samples = await mkdtemp(join(tmpdir(), 'framework-cost-'))
  const removeSamples = () => rm(samples, { recursive: true, force: true })
  try {
    const recipes = bases.flatMap((base) => works.map((work) => recipe(base, work, samples)))
    for (const { samplesFolder } of recipes) await mkdir(samplesFolder)
    const generated = await writeGeneratedApps(recipes)
    const apps = generated.apps.map((app, index): PlantedApp => ({ ...app, samplesFolder: recipes[index]!.samplesFolder }))
    const ofBase = (index: number) => apps.slice(index * works.length, (index + 1) * works.length)
    return {
      byBase: new Map(bases.map((base, index) => [base, ofBase(index)])),
      async remove() {
        await generated.remove()
        await removeSamples()
      },
    }
  } catch (error) {
    await removeSamples()
    throw error
  }
}

/** `koa+0.5us` says what it is wherever an app's id is shown. */
function recipe(base: ResolvedApp, { microseconds, turns }: KnownWork, folder: string): AppRecipe & { samplesFolder: string } {
  const id = `${base.id}+${microseconds}us`
  const samplesFolder = join(folder, id)
  return { id, base, module: BURNING, name: 'burning', arguments: [turns, samplesFolder], samplesFolder }
}
