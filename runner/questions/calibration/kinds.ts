import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BASELINE } from '../../../apps/app.ts'
import { zeroOnKernelClock } from '../../../apps/burning/kernel-clock.ts'
import { type KindReport, type WorkKind, workKinds } from '../../../apps/burning/kinds.ts'
import { differences, estimateFigures, type Figure, overheadsOf } from '../../analysis/relative.ts'
import type { RoundRecord } from '../../measure/records.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { type AppRecipe, writeGeneratedApps } from '../../servers/generated-apps.ts'
import { mean } from '../../statistics/summary.ts'
import { resolveApps } from '../resolve.ts'
import { burnClock } from './burn-clock.ts'
import type { KindsPart } from './data.ts'
import { LOST_CPU_NS } from './in-situ.ts'
import { burnTimes } from './known-work.ts'
import type { MeasurePart, PartContext } from './part-context.ts'
import { repeatUnit, shrunk, unitShare } from './repetitions.ts'
import { measureUnitRun, notMeasured, runTime, seedOfTurn } from './unit-run.ts'

const KINDS = new URL('../../../apps/burning/kinds.ts', import.meta.url)
/** What every request asks for, by the clock of a quiet process. */
const MICROSECONDS = 8
/** Rounds of PBKDF2, and KiB: what comes to some microseconds. */
const TURNS_OF: Partial<Record<WorkKind, number>> = { 'thread-pool': 10, garbage: 2 }
/** Which wrapper a kind is compared with: it puts off, or hands over, in the same way, and does nothing. */
const WRAPPERS: Readonly<Record<WorkKind, WorkKind>> = {
  ...{ 'at-once': 'at-once', rare: 'at-once', garbage: 'at-once' },
  ...{ 'after-10ms': 'after-100ms', 'after-100ms': 'after-100ms', 'after-1s': 'after-100ms' },
  ...{ thread: 'thread', 'thread-pool': 'thread-pool', child: 'child' },
}
const ROUNDS = { full: 4, least: 2 }
const BLOCKS = { full: 50, least: 3 }
const WARM_UP_SECONDS = { full: 1.5, least: 0.1 }
const FULL_MILLISECONDS = 220_000
const FIRST_LOOK_TURNS = 1_000
const CLOCK_MILLISECONDS = 50

/** One server of a run. */
interface KindApp {
  readonly id: string
  readonly kind: WorkKind
  readonly isWrapper: boolean
  readonly folder: string
}

/** Known work that is not done at once, in the slice of its request: does the suite charge it all the same? */
export const measureKinds: MeasurePart<KindsPart> = async (context) => {
  const share = unitShare(context.milliseconds, FULL_MILLISECONDS)
  const { nanosecondsPerTurn } = burnTimes([await firstLook(context)])
  const turns = Math.round((MICROSECONDS * 1000) / nanosecondsPerTurn)
  const [base] = resolveApps([BASELINE], context.cwd)
  const reports = await mkdtemp(join(tmpdir(), 'framework-cost-'))
  const kinds = kindApps(reports)
  for (const { folder } of kinds) await mkdir(folder)
  const recipes = kinds.map(({ id, kind, isWrapper, folder }): AppRecipe => {
    const own = isWrapper ? 0 : (TURNS_OF[kind] ?? turns)
    return { id, module: KINDS, name: 'withWork', base, arguments: [kind, own, folder] }
  })
  const generated = await writeGeneratedApps(recipes)
  try {
    const { finished, cutShort, problem } = await repeatUnit(
      context,
      { guessMilliseconds: FULL_MILLISECONDS * share, failuresInARow: 2 },
      async (turn) => {
        const title = `run ${turn + 1} of work of other kinds`
        const told = new Map<string, Told[]>(kinds.map(({ id }) => [id, []]))
        const roundFinished = (round: RoundRecord) => {
          for (const app of kinds) told.get(app.id)!.push(toldBy(app, round, context.now))
        }
        const options = {
          endpoints: ['hello' as const],
          rounds: shrunk(ROUNDS.full, share, ROUNDS.least),
          blocks: shrunk(BLOCKS.full, share, BLOCKS.least),
          warmUp: Math.max(WARM_UP_SECONDS.least, WARM_UP_SECONDS.full * share),
          maxMinutes: context.milliseconds / 60_000,
          seed: seedOfTurn(context, turn),
        }
        const outcome = await measureUnitRun(context, { title, apps: [base!, ...generated.apps], options, roundFinished })
        if (outcome === null) return null
        const cells = kindCells(outcome.result, kinds, told)
        if (cells.length === 0) throw notMeasured('work of other kinds', outcome.result)
        return { ...runTime(outcome.result), cells }
      },
    )
    return { body: finished.length === 0 ? null : { part: 'kinds', runs: [...finished] }, cutShort, problem }
  } finally {
    await generated.remove()
    await rm(reports, { recursive: true, force: true })
  }
}

function kindApps(folder: string): KindApp[] {
  const wrappers = [...new Set(Object.values(WRAPPERS))]
  return [
    ...wrappers.map((kind) => ({ kind, isWrapper: true, id: `${kind}-wrapper` })),
    ...workKinds.map((kind) => ({ kind, isWrapper: false, id: kind })),
  ].map((app) => ({ ...app, folder: join(folder, app.id) }))
}

async function firstLook({ placement }: PartContext): Promise<Map<number, number>> {
  const look = (turns: number) => burnClock(turns, { cpu: placement.serverCpu, milliseconds: CLOCK_MILLISECONDS })
  return new Map([
    [0, await look(0)],
    [FIRST_LOOK_TURNS, await look(FIRST_LOOK_TURNS)],
  ])
}

/** What a server says of one round of its life, from its first slice to its end; NaN where it says nothing. Microseconds. */
export interface Told {
  /** All its CPU time over all its requests, kept or not. */
  readonly costMicroseconds: number
  /** One unit of its work. */
  readonly unitMicroseconds: number
}

const NOTHING: Told = { costMicroseconds: Number.NaN, unitMicroseconds: Number.NaN }

function toldBy({ folder }: KindApp, { slices }: RoundRecord, now: () => number): Told {
  const report = takeReport(folder)
  if (report === null || slices.length === 0) return NOTHING
  const beganNs = Math.min(...slices.map(({ startedNs }) => startedNs)) + zeroOnKernelClock(now)
  const inside = report.samples.filter(([startedNs, tookNs]) => startedNs >= beganNs && tookNs <= LOST_CPU_NS)
  return {
    costMicroseconds: cpuMicroseconds(report, beganNs),
    unitMicroseconds: inside.length === 0 ? Number.NaN : mean(inside.map(([, tookNs]) => tookNs)) / 1000,
  }
}

function cpuMicroseconds({ marks }: KindReport, beganNs: number): number {
  const first = marks.find(([atNs]) => atNs >= beganNs)
  const last = marks.at(-1)
  if (first === undefined || last === undefined || last[2] === first[2]) return Number.NaN
  return (last[1] - first[1]) / (last[2] - first[2])
}

/** Of the process that has lived longest: the one that is only checked before the first round leaves a report as well. */
function takeReport(folder: string): KindReport | null {
  const reports = readdirSync(folder).map((name) => {
    const path = join(folder, name)
    const report = JSON.parse(readFileSync(path, 'utf8')) as KindReport
    rmSync(path)
    return report
  })
  return reports.sort((a, b) => b.marks.length - a.marks.length)[0] ?? null
}

/** What the suite found of every kind over its wrapper, and what the servers say of it, paired by round. */
export function kindCells(
  result: Pick<Result, 'cells'>,
  kinds: readonly Pick<KindApp, 'id' | 'kind' | 'isWrapper'>[],
  told: ReadonlyMap<string, readonly Told[]>,
): KindsPart['runs'][number]['cells'] {
  const measured = result.cells.filter((cell) => cell.state === 'measured')
  return kinds.flatMap(({ id, kind, isWrapper }) => {
    const wrapper = kinds.find((one) => one.isWrapper && one.kind === WRAPPERS[kind])!
    const [own, other] = [id, wrapper.id].map((app) => measured.find((cell) => cell.app === app))
    if (isWrapper || own === undefined || other === undefined) return []
    const recovered = differences(overheadsOf(own), overheadsOf(other))
    const overWrapper = (of: (told: Told) => number) =>
      differences(byRound(told.get(id)!.map(of)), byRound(told.get(wrapper.id)!.map(of)))
    const truth = overWrapper(({ costMicroseconds }) => costMicroseconds)
    const units = overWrapper(({ unitMicroseconds }) => unitMicroseconds).map(({ value }) => value)
    const error = differences(recovered, truth)
    if (error.length === 0) return []
    return [
      {
        ...{ kind, verdict: own.verdict },
        ...{ truth: estimateOf(truth), recovered: estimateOf(recovered), recoveredLessTruth: estimateOf(error) },
        unitMicroseconds: units.length === 0 ? null : mean(units),
        typicalMicroseconds: typicalOf(own) - typicalOf(other),
      },
    ]
  })
}

function typicalOf({ typicalCost }: MeasuredCell): number {
  return typicalCost?.value ?? Number.NaN
}

/** @param values of round 1 and on; NaN where one is not known */
function byRound(values: readonly number[]): Figure[] {
  return values.flatMap((value, index) => (Number.isFinite(value) ? [{ round: index + 1, value, cpuDistanceNs: null }] : []))
}

/** @param figures one round or more */
function estimateOf(figures: readonly Figure[]): Estimate {
  return estimateFigures([figures])[0]!
}
