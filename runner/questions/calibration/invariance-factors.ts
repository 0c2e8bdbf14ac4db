import { analyseRound, type RoundAnalysis } from '../../analysis/round-analysis.ts'
import type { CpuPlacement } from '../../machine/topology.ts'
import { DEFAULT_SLICE_MILLISECONDS, withDefaults } from '../../measure/options.ts'
import { appOf, type Plan } from '../../measure/plan.ts'
import type { RoundRecord, Slice } from '../../measure/records.ts'
import { copyId, variantId } from '../../result/ids.ts'
import type { LoadShape } from '../../result/load-shape.ts'
import { type DeploymentPlan, processOf } from '../../servers/deployment.ts'
import { COMPARED } from './part.ts'

/** Slices of a round that count together; what is no framework is compared by reading the same round in several ways. */
export interface Reading {
  readonly label: string
  /** @param plan the comparison as it is by default, without other ways of asking */
  analyse(plan: Plan, round: Pick<RoundRecord, 'round' | 'slices'>): RoundAnalysis
}

function reading(label: string, pick: (slices: readonly Slice[], plan: Plan) => readonly Slice[]): Reading {
  return { label, analyse: (plan, { round, slices }) => analyseRound(plan, round, pick(slices, plan).filter(isOf(plan))) }
}

function isOf(plan: Plan): (slice: Slice) => boolean {
  const ids = new Set(plan.deployments.map(({ id }) => id))
  return ({ deployment }) => ids.has(deployment)
}

/** All slices that were requested in the default way. */
export const asPlanned = reading('as planned', (slices) => slices)

/** Another way of asking the same processes. */
export interface Way {
  /** Part of an id: letters, digits and dashes. */
  readonly key: string
  readonly load: Partial<LoadShape>
}

/** The plan with every deployment asked in all the ways as well: the same processes, so that what chance gave them cancels. */
export function withWays(plan: Plan, ways: readonly Way[]): Plan {
  const asked = ways.flatMap((way) =>
    plan.deployments.map((deployment) => {
      const app = variantId(deployment.app, way.key)
      const load = { ...deployment.load, ...way.load }
      return { ...deployment, id: askedAs(deployment, way), app, process: processOf(deployment), load }
    }),
  )
  return { ...plan, deployments: [...plan.deployments, ...asked] }
}

/** The slices requested in one way, the baseline's too. */
export function askedIn(way: Way): Reading {
  return reading(way.key, (slices, { deployments }) => {
    const usual = new Map(deployments.map((deployment) => [askedAs(deployment, way), deployment.id]))
    return slices.flatMap((slice) => {
      const deployment = usual.get(slice.deployment)
      return deployment === undefined ? [] : [{ ...slice, deployment }]
    })
  })
}

function askedAs({ app, copy = 1 }: DeploymentPlan, { key }: Way): string {
  return copyId(variantId(app, key), copy)
}

/** Where an app's slice was in its block: its position, those of the baseline's copies, and how many slices there were, of other ways too. */
interface Place {
  readonly position: number
  readonly baseline: readonly number[]
  readonly slots: number
  /** The app whose slice came right before; null for the first. */
  readonly after: string | null
}

/** The order of a block is drawn, so every place comes up. The slices of the baseline all count. */
function placed(label: string, holds: (place: Place) => boolean): Reading {
  return reading(label, (slices, plan) => {
    const counting = slices.filter(({ disturbance }) => disturbance === null)
    const blocks = Map.groupBy(counting, blockOf)
    const isPlanned = isOf(plan)
    const isBaseline = (slice: Slice) => isPlanned(slice) && appOf(plan, slice.deployment) === plan.baseline
    return counting.filter(isPlanned).filter((slice) => {
      const { position } = slice
      const block = blocks.get(blockOf(slice))!
      const baseline = block.filter(isBaseline).map((other) => other.position)
      const before = block.find((other) => other.position === position - 1)
      const after = before === undefined ? null : appOf(plan, before.deployment)
      return isBaseline(slice) || holds({ position, baseline, slots: block.length, after })
    })
  })
}

function blockOf({ endpoint, block }: Slice): string {
  return `${endpoint} ${block}`
}

export const places = {
  order: [
    placed('first half of the block', ({ position, slots }) => position < slots / 2),
    placed('second half of the block', ({ position, slots }) => position >= slots / 2),
    placed('before the baseline', ({ position, baseline }) => baseline.every((one) => position < one)),
    placed('after the baseline', ({ position, baseline }) => baseline.every((one) => position > one)),
  ],
  neighbour: [
    placed('right after node-http', ({ after }) => after === 'node-http'),
    placed('right after express', ({ after }) => after === 'express'),
  ],
} satisfies Record<string, readonly Reading[]>

/** How the comparison is run. One object may be the setting of several factors; it is measured once for all of them. */
export interface Circumstances {
  /** For the progress line. */
  readonly title: string
  /** Beside the baseline. */
  readonly apps: readonly string[]
  /** In which the same processes are asked, beside the default one. */
  readonly ways: readonly Way[]
  /** null: the part's own. */
  readonly placement: CpuPlacement | null
}

export interface FactorSetting {
  readonly label: string
  readonly isDefault: boolean
  readonly circumstances: Circumstances
  /** Which slices of these circumstances count. */
  readonly reading: Reading
}

/** Something that is no framework, and should not matter. */
export interface Factor {
  readonly id: string
  readonly title: string
  /** Apps whose ratio is looked at. */
  readonly compared: readonly string[]
  readonly settings: readonly FactorSetting[]
}

/** A comparison as it is by default. */
export const standard: Circumstances = { title: 'the default setting', apps: COMPARED, ways: [], placement: null }

const DEFAULT_CONNECTIONS = withDefaults({}, [], 0).connections
const sleeping: Way = { key: 'sleeping', load: { sleeps: true } }
const connections = [4, 8, 32, 64, 128, 256].map((count) => {
  return { label: String(count), key: `${count}-connections`, load: { connections: count } }
})
const slices = [10, 50, 100, 500].map((sliceMilliseconds) => {
  return { label: `${sliceMilliseconds} ms`, key: `${sliceMilliseconds}-ms`, load: { sliceMilliseconds } }
})
/** In runs of their own, because the long slices take most of the time. */
const otherLoad = { ...standard, title: 'other loads', ways: [sleeping, ...connections] }
const otherSlices = { ...standard, title: 'other lengths of a slice', ways: slices }
const crowded = { ...standard, title: 'koa beside four copies of express', apps: ['koa', ...Array<string>(4).fill('express')] }

/** All factors, each with the default among its settings; without those that this machine cannot vary. */
export function invarianceFactors(placement: CpuPlacement): Factor[] {
  const swapped = swap(placement)
  const all = [
    factor('load-generator', 'load generator', byDefault('spinning', otherLoad), [
      setting('sleeping', otherLoad, askedIn(sleeping)),
    ]),
    factor('slice', 'length of a slice', byDefault(`${DEFAULT_SLICE_MILLISECONDS} ms`, otherSlices), [
      ...slices.map((way) => setting(way.label, otherSlices, askedIn(way))),
    ]),
    factor('connections', 'connections', byDefault(String(DEFAULT_CONNECTIONS), otherLoad), [
      ...connections.map((way) => setting(way.label, otherLoad, askedIn(way))),
    ]),
    factor('cpu', 'CPU', byDefault('as placed', standard), [
      setting('server and load generator swapped', { ...standard, title: 'swapped CPUs', placement: swapped }),
    ]),
    factor(
      'neighbours',
      'neighbours in the block',
      byDefault('any', standard),
      [...places.neighbour.map((place) => setting(place.label, standard, place)), setting('four copies of express', crowded)],
      ['koa'],
    ),
    factor('order', 'place in the block', byDefault('any', standard), [
      ...places.order.map((place) => setting(place.label, standard, place)),
    ]),
  ]
  return swapped === null ? all.filter(({ id }) => id !== 'cpu') : all
}

function factor(
  id: string,
  title: string,
  standard: FactorSetting,
  others: readonly FactorSetting[],
  compared: readonly string[] = COMPARED,
): Factor {
  return { id, title, compared, settings: [standard, ...others] }
}

function setting(label: string, circumstances: Circumstances, reading = asPlanned): FactorSetting {
  return { label, isDefault: false, circumstances, reading }
}

function byDefault(label: string, circumstances: Circumstances): FactorSetting {
  return { ...setting(label, circumstances), isDefault: true }
}

/** The server on the load generator's CPU and the other way round; null where nothing is pinned. */
function swap(placement: CpuPlacement): CpuPlacement | null {
  const { serverCpu, loadCpu, runnerCpu } = placement
  if (serverCpu === null || loadCpu === null) return null
  return { ...placement, serverCpu: loadCpu, loadCpu: serverCpu, runnerCpu: runnerCpu === loadCpu ? serverCpu : runnerCpu }
}
