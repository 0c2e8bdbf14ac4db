import { readdir, readFile, rmdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BASELINE } from '../../apps/app.ts'
import { describeMachine } from '../machine/machine.ts'
import { placeOnCpus, remarkOnPlacement } from '../machine/placement.ts'
import { RunError, UserError } from '../result/errors.ts'
import { cannotWrite, makeFolders, makeRunFolder, proveWritable, writeAtomically } from '../result/run-folder.ts'
import { knownApps } from '../servers/find-app.ts'
import { total } from '../statistics/summary.ts'
import { CALIBRATION_FORMAT, CalibrationPart, type PartHead } from './calibration/data.ts'
import { type CalibrateOptions, partIds, withCalibrateDefaults } from './calibration/options.ts'
import type { AnyPart, CalibrationListener, PartContext } from './calibration/part.ts'
import { calibrationParts } from './calibration/registry.ts'
import { openRig } from './rigs.ts'

/** Runs of the parts choose their own number; this one stands for the limits that are described. */
const CONNECTIONS = 16
/** Seeds of a part's repetitions follow each other, so parts start far apart. */
const SEEDS_PER_PART = 100_000

export interface CalibrateContext {
  /** Where paths start: the project's folder. */
  readonly cwd: string
  readonly signal: AbortSignal
  readonly listener: CalibrationListener
  readonly freshSeed: number
  readonly startedAt: Date
  /** Tests bring parts of their own. */
  readonly parts?: readonly AnyPart[]
  /** Tests bring a simulated world. */
  readonly world?: Partial<Pick<PartContext, 'placement' | 'apps' | 'now' | 'openRig'>>
}

/** What a calibration leaves behind. */
export interface Calibration {
  /** `<out>/2026-11-21T09-30-05Z-calibrate`; null: nothing was finished. */
  readonly folder: string | null
  /** Page and charts. */
  readonly pages: readonly string[]
  readonly interrupted: boolean
  /** Why a part could not be measured to its end; the others were. */
  readonly problem: UserError | null
}

/**
 * The story of a calibration: the parts one after another, each in its share of the time. What ends is on the disk at once, and the page
 * is made again.
 * @throws UserError for a mistake in the call, before anything is measured; RunError when something cannot be written
 */
export async function calibrate(given: Partial<CalibrateOptions>, context: CalibrateContext): Promise<Calibration> {
  const { listener, signal } = context
  const options = withCalibrateDefaults(given, context.freshSeed)
  const { published, docs } = options
  if (options.page) {
    await proveWritable(docs, '--docs')
    return { folder: null, pages: await writePage(options), interrupted: false, problem: null }
  }
  const schedule = scheduleOf(options, context)
  await proveWritable(published, '--published')
  await proveWritable(docs, '--docs')
  await readPublished(published)
  const folder = await makeRunFolder(options.out, 'calibrate', context.startedAt)
  // A simulated world pins nothing, and has no doubts.
  const doubt = context.world?.placement === undefined ? remarkOnPlacement(schedule.world.placement) : null
  if (doubt !== null) listener.remark(doubt)
  // That the page cannot be made is told at the end: an hour of measuring is not to be lost for it.
  let page: PromiseSettledResult<readonly string[]> = { status: 'fulfilled', value: [] }
  let problem: UserError | null = null
  for (const part of schedule.chosen) {
    if (signal.aborted) break
    try {
      const { data, ...outcome } = await measurePart(part, schedule)
      problem ??= outcome.problem
      if (data === null) continue
      await keepPart(folder, data)
      // Published is only what had its full time, and nothing that could not be read again.
      if (data.head.cutShort) continue
      await keepPart(published, CalibrationPart.parse(data))
      page = (await Promise.allSettled([writePage(options)]))[0]
    } catch (error) {
      // A machine that fails one part may be good enough for the next.
      if (!(error instanceof RunError) || error.code === 'write-failed') throw error
      listener.remark(`${part.title}: ${error.message}`)
      problem ??= error
    }
  }
  const kept = await rmdir(folder).then(
    () => null,
    () => folder,
  )
  if (page.status === 'rejected') throw page.reason
  return { folder: kept, pages: page.value, interrupted: signal.aborted, problem }
}

/** What all parts have in common, and those that are measured, in order. */
function scheduleOf(options: CalibrateOptions, { parts = calibrationParts, ...context }: CalibrateContext) {
  const now = () => performance.now() * 1e6
  const apps = knownApps().filter((app) => app !== BASELINE)
  const world = { now, openRig, apps, placement: context.world?.placement ?? placeOnCpus(), ...context.world }
  // Once, before the first page changes the checkout.
  const { suiteVersion, commit, node, kernel, cpuModel, cpus } = describeMachine(world.placement, CONNECTIONS)
  const machine = { suiteVersion, commit, node, kernel, cpuModel, cpus }
  const chosen = partIds.flatMap((id) => parts.filter((part) => part.id === id && options.parts.includes(id)))
  return { ...context, options, chosen, world, machine, startedNs: world.now() }
}

/** Measures one part; null: nothing was finished. */
async function measurePart(
  part: AnyPart,
  { options, chosen, world, machine, startedNs, cwd, signal, listener }: ReturnType<typeof scheduleOf>,
): Promise<{ data: CalibrationPart | null; problem: UserError | null }> {
  const { id, title } = part
  const millisecondsOf = ({ share }: AnyPart) => share * options.minutes * 60_000
  const milliseconds = millisecondsOf(part)
  const laterMilliseconds = total(chosen.slice(chosen.indexOf(part) + 1), millisecondsOf)
  // The same whichever others are measured.
  const seed = (options.seed + partIds.indexOf(id) * SEEDS_PER_PART) % 2 ** 32
  const startedAt = new Date().toISOString()
  const partStartedNs = world.now()
  const elapsedMilliseconds = () => (world.now() - partStartedNs) / 1e6
  const standing = () => {
    const secondsLeft = (Math.max(0, milliseconds - elapsedMilliseconds()) + laterMilliseconds) / 1000
    return { part: id, title, elapsedSeconds: (world.now() - startedNs) / 1e9, secondsLeft }
  }
  const remark = (sentence: string) => listener.remark(`${title}: ${sentence}`)
  const progress = (sentence: string) =>
    listener.progress({ ...standing(), partShare: Math.min(1, elapsedMilliseconds() / milliseconds), sentence })
  listener.partStarted(standing())
  const { lengths } = options
  const { body, cutShort, problem } = await part.measure({ ...world, milliseconds, lengths, seed, signal, cwd, progress, remark })
  if (problem !== null) remark(problem.message)
  if (body === null) return { data: null, problem }
  const [finishedAt, wallSeconds] = [new Date().toISOString(), elapsedMilliseconds() / 1000]
  const head: PartHead = { format: CALIBRATION_FORMAT, startedAt, finishedAt, wallSeconds, seed, cutShort, ...machine }
  return { data: { ...body, head } as CalibrationPart, problem }
}

/** Writes a part, in place of what the folder knew of it before. @throws RunError that names cause and next step */
async function keepPart(folder: string, part: CalibrationPart): Promise<void> {
  await write(join(folder, `${part.part}.json`), `${JSON.stringify(part, null, 2)}\n`)
}

/** Makes page and charts from all published parts. @returns the paths written @throws {UserError} `bad-calibration` */
async function writePage({ published, docs }: CalibrateOptions): Promise<string[]> {
  // The library that draws takes memory, and the memory of the runner is measured.
  const { renderCalibrationPage } = await import('./calibration/page.ts')
  const files = await renderCalibrationPage(await readPublished(published))
  for (const { path, text } of files) await write(join(docs, path), text)
  return files.map(({ path }) => join(docs, path))
}

/** All published parts; none where there is no such folder. @throws {UserError} `bad-calibration` */
export async function readPublished(folder: string): Promise<CalibrationPart[]> {
  const names = await readdir(folder).catch(() => [])
  const paths = names.filter((name) => /^[a-z].*\.json$/.test(name)).map((name) => join(folder, name))
  return Promise.all(paths.sort().map(readPart))
}

async function readPart(path: string): Promise<CalibrationPart> {
  try {
    return CalibrationPart.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (cause) {
    const hint = 'delete it, or measure that part again'
    throw new UserError('bad-calibration', `${path} does not hold a part of a calibration`, { hint, cause })
  }
}

/** Makes the folder too, where there is none. */
async function write(path: string, text: string): Promise<void> {
  try {
    await makeFolders(dirname(path))
    await writeAtomically(path, text)
  } catch (cause) {
    throw cannotWrite(path, cause)
  }
}
