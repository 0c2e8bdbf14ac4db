import { analyseRound, type RoundAnalysis } from '../../analysis/round-analysis.ts'
import type { CpuPlacement } from '../../machine/placement.ts'
import { DEFAULT_SLICE_MILLISECONDS, withDefaults } from '../../measure/options.ts'
import { appOf, type Plan } from '../../measure/plan.ts'
import type { RoundRecord, Slice } from '../../measure/records.ts'
import { copyId, variantId } from '../../result/ids.ts'
import type { LoadShape } from '../../result/load-shape.ts'
import { type DeploymentPlan, processOf } from '../../servers/deployment.ts'
import { COMPARED } from './part.ts'

/** Which slices of a round count together; what is no framework is compared by reading the same round in several ways. */
export type Reading = (slices: readonly Slice[], plan: Plan) => readonly Slice[]

/** @param plan the comparison as it is by default, without other ways of asking */
export function readRound(read: Reading, plan: Plan, { round, slices }: Pick<RoundRecord, 'round' | 'slices'>): RoundAnalysis {
  return analyseRound(plan, round, read(slices, plan).filter(isOf(plan)))
}

function isOf(plan: Plan): (slice: Slice) => boolean {
  const ids = new Set(plan.deployments.map(({ id }) => id))
  return ({ deployment }) => ids.has(deployment)
}

/** All slices that were requested in the default way. */
export const asPlanned: Reading = (slices) => slices

/** Another way of asking the same processes. */
export interface Way {
  readonly label: string
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
  return (slices, { deployments }) => {
    const usual = new Map(deployments.map((deployment) => [askedAs(deployment, way), deployment.id]))
    return slices.flatMap((slice) => {
      const deployment = usual.get(slice.deployment)
      return deployment === undefined ? [] : [{ ...slice, deployment }]
    })
  }
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
function placed(holds: (place: Place) => boolean): Reading {
  return (slices, plan) => {
    const counting = slices.filter(({ disturbance }) => disturbance === null)
    const isPlanned = isOf(plan)
    const isBaseline = (slice: Slice) => isPlanned(slice) && appOf(plan, slice.deployment) === plan.baseline
    const blocks = Map.groupBy(counting, ({ endpoint, block }) => `${endpoint} ${block}`)
    return [...blocks.values()].flatMap((block) => {
      const baseline = block.filter(isBaseline).map(({ position }) => position)
      return block.filter(isPlanned).filter((slice) => {
        const before = block.find(({ position }) => position === slice.position - 1)
        const after = before === undefined ? null : appOf(plan, before.deployment)
        return isBaseline(slice) || holds({ position: slice.position, baseline, slots: block.length, after })
      })
    })
  }
}

export const places = {
  order: {
    'first half of the block': placed(({ position, slots }) => position < slots / 2),
    'second half of the block': placed(({ position, slots }) => position >= slots / 2),
    'before the baseline': placed(({ position, baseline }) => baseline.every((one) => position < one)),
    'after the baseline': placed(({ position, baseline }) => baseline.every((one) => position > one)),
  },
  neighbour: {
    'right after node-http': placed(({ after }) => after === 'node-http'),
    'right after express': placed(({ after }) => after === 'express'),
  },
}

/** How the comparison is run. */
export interface Circumstances {
  /** For the progress line. */
  readonly title: string
  /** Beside the baseline. */
  readonly apps: readonly string[]
  /** In which the same processes are asked, beside the default one. */
  readonly ways: readonly Way[]
  /** Absent: the part's own. */
  readonly placement?: CpuPlacement
}

/** What is read of some circumstances. One object may be the setting of several factors; it is measured once for all of them. */
export interface Comparison {
  readonly circumstances: Circumstances
  readonly reading: Reading
}

/** Something that is no framework, and should not matter. */
export interface Factor {
  readonly id: string
  readonly title: string
  /** Apps whose ratio is looked at. */
  readonly compared: readonly string[]
  /** The first one is the default. */
  readonly settings: readonly { readonly label: string; readonly comparison: Comparison }[]
}

/** A comparison as it is by default. */
export const standard: Circumstances = { title: 'the default setting', apps: COMPARED, ways: [] }

const DEFAULT_CONNECTIONS = withDefaults({}, [], 0).connections
const sleeping: Way = { label: 'sleeping', key: 'sleeping', load: { sleeps: true } }
const connections = [4, 8, 32, 64, 128, 256].map((count) => {
  return { label: String(count), key: `${count}-connections`, load: { connections: count } }
})
const slices = [10, 50, 100, 500].map((sliceMilliseconds) => {
  return { label: `${sliceMilliseconds} ms`, key: `${sliceMilliseconds}-ms`, load: { sliceMilliseconds } }
})
const usual = asDefault(standard)
/** In runs of their own, because the long slices take most of the time. */
const otherLoad = asDefault({ ...standard, title: 'other loads', ways: [sleeping, ...connections] })
const otherSlices = asDefault({ ...standard, title: 'other lengths of a slice', ways: slices })
const crowded = asDefault({
  ...standard,
  title: 'koa beside four copies of express',
  apps: ['koa', ...Array<string>(4).fill('express')],
})

/** All factors, without those that this machine cannot vary. */
export function invarianceFactors(placement: CpuPlacement): Factor[] {
  const swapped = swap(placement)
  const onSwapped = swapped && asDefault({ ...standard, title: 'swapped CPUs', placement: swapped })
  return [
    factor('load-generator', 'load generator', setting('spinning', otherLoad), asked(otherLoad, [sleeping])),
    factor('slice', 'length of a slice', setting(`${DEFAULT_SLICE_MILLISECONDS} ms`, otherSlices), asked(otherSlices, slices)),
    factor('connections', 'connections', setting(String(DEFAULT_CONNECTIONS), otherLoad), asked(otherLoad, connections)),
    ...(onSwapped === null
      ? []
      : [factor('cpu', 'CPU', setting('as placed', usual), [setting('server and load generator swapped', onSwapped)])]),
    {
      ...factor('neighbours', 'neighbours in the block', setting('any', usual), [
        ...inPlaces(places.neighbour),
        setting('four copies of express', crowded),
      ]),
      compared: ['koa'],
    },
    factor('order', 'place in the block', setting('any', usual), inPlaces(places.order)),
  ]
}

type Setting = Factor['settings'][number]

function factor(id: string, title: string, byDefault: Setting, others: readonly Setting[]): Factor {
  return { id, title, compared: COMPARED, settings: [byDefault, ...others] }
}

function setting(label: string, comparison: Comparison): Setting {
  return { label, comparison }
}

function asDefault(circumstances: Circumstances): Comparison {
  return { circumstances, reading: asPlanned }
}

function asked(comparison: Comparison, ways: readonly Way[]): Setting[] {
  return ways.map((way) => setting(way.label, { ...comparison, reading: askedIn(way) }))
}

function inPlaces(readings: Readonly<Record<string, Reading>>): Setting[] {
  return Object.entries(readings).map(([label, reading]) => setting(label, { ...usual, reading }))
}

/** The server on the load generator's CPU and the other way round; null where nothing is pinned. */
function swap(placement: CpuPlacement): CpuPlacement | null {
  const { serverCpu, loadCpu, runnerCpu } = placement
  if (serverCpu === null || loadCpu === null) return null
  return { ...placement, serverCpu: loadCpu, loadCpu: serverCpu, runnerCpu: runnerCpu === loadCpu ? serverCpu : runnerCpu }
}
