import { BASELINE } from '../../apps/app.ts'
import { describeMachine } from '../machine/machine.ts'
import { placeOnCpus, remarkOnPlacement } from '../machine/topology.ts'
import { RunError, type UserError } from '../result/errors.ts'
import { proveWritable } from '../result/run-folder.ts'
import { knownApps } from '../servers/find-app.ts'
import { total } from '../statistics/summary.ts'
import { CALIBRATION_FORMAT, CalibrationPart, type PartHead } from './calibration/data.ts'
import { keepPart, openCalibrationFolder, removedWhenEmpty, writeCalibrationPage } from './calibration/files.ts'
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
  /** null: nothing was finished. */
  readonly folder: string | null
  /** Page and charts. */
  readonly pages: readonly string[]
  readonly interrupted: boolean
  /** Why a part could not be measured to its end; the others were. */
  readonly problem: UserError | null
}

/** What all parts have in common. */
interface Schedule extends CalibrateContext {
  readonly options: CalibrateOptions
  /** In the order of measuring. */
  readonly chosen: readonly AnyPart[]
  readonly given: Pick<PartContext, 'placement' | 'apps' | 'now' | 'openRig'>
  readonly machine: Pick<PartHead, 'suiteVersion' | 'commit' | 'node' | 'kernel' | 'cpuModel' | 'cpus'>
  readonly startedNs: number
}

/**
 * The story of a calibration: the parts one after another, each in its share of the time. What ends is on the disk at once, and the page
 * is made again.
 * @throws UserError for a mistake in the call, before anything is measured; RunError when something cannot be written
 */
export async function calibrate(given: Partial<CalibrateOptions>, context: CalibrateContext): Promise<Calibration> {
  const { listener, signal } = context
  const options = withCalibrateDefaults(given, context.freshSeed)
  if (options.page) {
    await proveWritable(options.docs, '--docs')
    return { folder: null, pages: await writeCalibrationPage(options), interrupted: false, problem: null }
  }
  const schedule = scheduleOf(options, context)
  const folder = await openCalibrationFolder(options, context.startedAt)
  // A simulated world pins nothing, and has no doubts.
  const doubt = context.world?.placement === undefined ? remarkOnPlacement(schedule.given.placement) : null
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
      await keepPart(options.published, CalibrationPart.parse(data))
      page = (await Promise.allSettled([writeCalibrationPage(options)]))[0]
    } catch (error) {
      // A machine that fails one part may be good enough for the next.
      if (!(error instanceof RunError) || error.code === 'write-failed') throw error
      listener.remark(`${part.title}: ${error.message}`)
      problem ??= error
    }
  }
  const isEmpty = await removedWhenEmpty(folder)
  if (page.status === 'rejected') throw page.reason
  return { folder: isEmpty ? null : folder, pages: page.value, interrupted: signal.aborted, problem }
}

function scheduleOf(options: CalibrateOptions, context: CalibrateContext): Schedule {
  const { parts = calibrationParts, world } = context
  const now = () => performance.now() * 1e6
  const apps = knownApps().filter((app) => app !== BASELINE)
  const given = { now, openRig, apps, placement: world?.placement ?? placeOnCpus(), ...world }
  // Once, before the first page changes the checkout.
  const { suiteVersion, commit, node, kernel, cpuModel, cpus } = describeMachine(given.placement, CONNECTIONS)
  const machine = { suiteVersion, commit, node, kernel, cpuModel, cpus }
  const chosen = partIds.flatMap((id) => parts.filter((part) => part.id === id && options.parts.includes(id)))
  return { ...context, options, chosen, given, machine, startedNs: given.now() }
}

/** Measures one part; null: nothing was finished. */
async function measurePart(
  part: AnyPart,
  { options, chosen, given, machine, startedNs, cwd, signal, listener }: Schedule,
): Promise<{ data: CalibrationPart | null; problem: UserError | null }> {
  const { title } = part
  const millisecondsOf = ({ share }: AnyPart) => share * options.minutes * 60_000
  const milliseconds = millisecondsOf(part)
  // The same whichever others are measured.
  const seed = (options.seed + partIds.indexOf(part.id) * SEEDS_PER_PART) % 2 ** 32
  const startedAt = new Date()
  const partStartedNs = given.now()
  const elapsedMilliseconds = () => (given.now() - partStartedNs) / 1e6
  const standing = () => {
    const ownLeft = Math.max(0, milliseconds - elapsedMilliseconds())
    const later = total(chosen.slice(chosen.indexOf(part) + 1), millisecondsOf)
    return { part: part.id, title, elapsedSeconds: (given.now() - startedNs) / 1e9, secondsLeft: (ownLeft + later) / 1000 }
  }
  const remark = (sentence: string) => listener.remark(`${title}: ${sentence}`)
  const progress = (sentence: string) =>
    listener.progress({ ...standing(), partShare: Math.min(1, elapsedMilliseconds() / milliseconds), sentence })
  listener.partStarted(standing())
  const { body, cutShort, problem } = await part.measure({ ...given, milliseconds, seed, signal, cwd, progress, remark })
  if (problem !== null) remark(problem.message)
  if (body === null) return { data: null, problem }
  const head: PartHead = {
    format: CALIBRATION_FORMAT,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    wallSeconds: elapsedMilliseconds() / 1000,
    seed,
    cutShort,
    ...machine,
  }
  return { data: { ...body, head } as CalibrationPart, problem }
}
