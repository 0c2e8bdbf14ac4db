import { analyseRound, type RoundAnalysis } from '../../analysis/round-analysis.ts'
import { appOf, type Plan } from '../../measure/plan.ts'
import type { RoundRecord } from '../../measure/records.ts'
import type { Slice } from '../../measure/sample.ts'
import type { LoadShape } from '../../result/load-shape.ts'
import { processOf } from '../../servers/deployment.ts'

/** Slices of a round that count together; what is no framework is compared by reading the same round in several ways. */
export interface Reading {
  readonly label: string
  /** @param plan the comparison as it is by default, without other ways of asking */
  analyse(plan: Plan, round: Pick<RoundRecord, 'round' | 'slices'>): RoundAnalysis
}

/** All slices that were requested in the default way. */
export const asPlanned: Reading = {
  label: 'as planned',
  analyse: (plan, { round, slices }) => analyseRound(plan, round, slices.filter(isOf(plan))),
}

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
      const app = `${deployment.app}@${way.key}`
      // A copy keeps its number: `node-http#2` becomes `node-http@sleeping#2`.
      const id = `${app}${deployment.id.slice(deployment.app.length)}`
      return { ...deployment, id, app, process: processOf(deployment), load: { ...deployment.load, ...way.load } }
    }),
  )
  return { ...plan, deployments: [...plan.deployments, ...asked] }
}

/** The slices requested in one way, the baseline's too. */
export function askedIn({ key }: Way): Reading {
  const suffix = `@${key}`
  return {
    label: key,
    analyse(plan, { round, slices }) {
      const own = slices
        .filter(({ deployment }) => deployment.includes(suffix))
        .map((slice) => ({ ...slice, deployment: slice.deployment.replace(suffix, '') }))
      return analyseRound(plan, round, own.filter(isOf(plan)))
    },
  }
}

/** Where an app's slice was in its block. */
interface Place {
  readonly position: number
  /** Positions of the baseline's copies. */
  readonly baseline: readonly number[]
  /** Slices of the whole block, other ways of asking included. */
  readonly slots: number
  /** The app whose slice came right before; null for the first. */
  readonly after: string | null
}

/** The order of a block is drawn, so every place comes up. The slices of the baseline all count. */
function placed(label: string, holds: (place: Place) => boolean): Reading {
  return {
    label,
    analyse(plan, { round, slices }) {
      const counting = slices.filter(({ disturbance }) => disturbance === null)
      const blocks = Map.groupBy(counting, blockOf)
      const isBaseline = ({ deployment }: Slice) => appOf(plan, deployment) === plan.baseline
      const there = (slice: Slice) => {
        const block = blocks.get(blockOf(slice))!
        const before = block.find(({ position }) => position === slice.position - 1)
        return holds({
          position: slice.position,
          baseline: block
            .filter(isOf(plan))
            .filter(isBaseline)
            .map(({ position }) => position),
          slots: block.length,
          after: before === undefined ? null : appOf(plan, before.deployment),
        })
      }
      const kept = counting.filter(isOf(plan)).filter((slice) => isBaseline(slice) || there(slice))
      return analyseRound(plan, round, kept)
    },
  }
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

function isOf(plan: Plan): (slice: Slice) => boolean {
  const ids = new Set(plan.deployments.map(({ id }) => id))
  return ({ deployment }) => ids.has(deployment)
}

function blockOf({ endpoint, block }: Slice): string {
  return `${endpoint} ${block}`
}
