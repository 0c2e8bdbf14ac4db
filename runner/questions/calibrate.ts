import { BASELINE } from '../../apps/app.ts'
import { placeOnCpus, remarkOnPlacement } from '../machine/cpus.ts'
import { describeMachine } from '../machine/machine.ts'
import { RunError, type UserError } from '../result/errors.ts'
import { proveWritable } from '../result/writable-folder.ts'
import { knownApps } from '../servers/find-app.ts'
import { CALIBRATION_FORMAT, type CalibrationPart, type PartHead } from './calibration/data.ts'
import { type CalibrationFiles, openCalibrationFiles, writeCalibrationPage } from './calibration/files.ts'
import { type CalibrateOptions, partIds, withCalibrateDefaults } from './calibration/options.ts'
import type { AnyPart, CalibrationListener, PartContext } from './calibration/part.ts'
import { calibrationParts } from './calibration/registry.ts'
import { total } from './calibration/words.ts'
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

interface Schedule {
  /** In the order of measuring. */
  readonly chosen: readonly AnyPart[]
  readonly minutes: number
  /** Of the calibration; a part's own is the same whichever others are measured. */
  readonly seed: number
  readonly world: Pick<PartContext, 'placement' | 'apps' | 'now' | 'openRig'>
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
  const files = await openCalibrationFiles(options, context.startedAt)
  // A simulated world pins nothing, and has no doubts.
  const doubt = context.world?.placement === undefined ? remarkOnPlacement(schedule.world.placement) : null
  if (doubt !== null) listener.remark(doubt)
  let page = async (): Promise<readonly string[]> => []
  let problem: UserError | null = null
  for (const part of schedule.chosen) {
    if (signal.aborted) break
    try {
      const measured = await measurePart(part, schedule, context, files)
      problem ??= measured.problem
      if (measured.isComplete) page = await pageOrItsError(options)
    } catch (error) {
      // A machine that fails one part may be good enough for the next.
      if (!(error instanceof RunError) || error.code === 'write-failed') throw error
      listener.remark(`${part.title}: ${error.message}`)
      problem ??= error
    }
  }
  const folder = (await files.discardEmpty()) ? null : files.folder
  return { folder, pages: await page(), interrupted: signal.aborted, problem }
}

/** Makes the page. That it cannot be made is told at the end: an hour of measuring is not to be lost for it. */
async function pageOrItsError(options: CalibrateOptions): Promise<() => Promise<readonly string[]>> {
  try {
    const pages = await writeCalibrationPage(options)
    return async () => pages
  } catch (error) {
    return () => Promise.reject(error)
  }
}

function scheduleOf(options: CalibrateOptions, { parts = calibrationParts, world }: CalibrateContext): Schedule {
  const now = () => performance.now() * 1e6
  const apps = knownApps().filter((app) => app !== BASELINE)
  const placed = { now, openRig, apps, placement: world?.placement ?? placeOnCpus(), ...world }
  // Once, before the first page changes the checkout.
  const { suiteVersion, commit, node, kernel, cpuModel, cpus } = describeMachine(placed.placement, CONNECTIONS)
  return {
    chosen: partIds.filter((id) => options.parts.includes(id)).flatMap((id) => parts.find((part) => part.id === id) ?? []),
    minutes: options.minutes,
    seed: options.seed,
    world: placed,
    machine: { suiteVersion, commit, node, kernel, cpuModel, cpus },
    startedNs: placed.now(),
  }
}

/** Measures one part and puts it on the disk; published is only what had its full time. */
async function measurePart(
  part: AnyPart,
  schedule: Schedule,
  { cwd, signal, listener }: CalibrateContext,
  files: CalibrationFiles,
): Promise<{ isComplete: boolean; problem: UserError | null }> {
  const { world, chosen, machine } = schedule
  const millisecondsOf = ({ share }: AnyPart) => share * schedule.minutes * 60_000
  const milliseconds = millisecondsOf(part)
  const seed = (schedule.seed + partIds.indexOf(part.id) * SEEDS_PER_PART) % 2 ** 32
  const [startedAt, startedNs] = [new Date(), world.now()]
  const remark = (sentence: string) => listener.remark(`${part.title}: ${sentence}`)
  const standing = () => {
    const ownLeft = Math.max(0, milliseconds - (world.now() - startedNs) / 1e6)
    const later = total(chosen.slice(chosen.indexOf(part) + 1), millisecondsOf)
    const elapsedSeconds = (world.now() - schedule.startedNs) / 1e9
    return { part: part.id, title: part.title, elapsedSeconds, secondsLeft: (ownLeft + later) / 1000 }
  }
  listener.partStarted(standing())
  const progress = (sentence: string) => {
    const partShare = Math.min(1, (world.now() - startedNs) / 1e6 / milliseconds)
    listener.progress({ ...standing(), partShare, sentence })
  }
  const { body, cutShort, problem } = await part.measure({ ...world, milliseconds, seed, signal, cwd, progress, remark })
  if (problem !== null) remark(problem.message)
  if (body === null) return { isComplete: false, problem }
  const head: PartHead = {
    format: CALIBRATION_FORMAT,
    startedAt: startedAt.toISOString(),
    finishedAt: new Date().toISOString(),
    wallSeconds: (world.now() - startedNs) / 1e9,
    seed,
    cutShort,
    ...machine,
  }
  const data = { ...body, head } as CalibrationPart
  await files.keep(data)
  if (!cutShort) await files.publish(data)
  return { isComplete: !cutShort, problem }
}
