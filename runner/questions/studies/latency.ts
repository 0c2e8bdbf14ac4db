import { DEFAULT_SLICE_MILLISECONDS } from '../../measure/options.ts'
import { variantId } from '../../result/ids.ts'
import type { ArrivalShape } from '../../result/load-shape.ts'
import { listOfWholeNumbers, number } from '../../result/option-values.ts'
import { type DeploymentPlan, processOf } from '../../servers/deployment.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import type { OwnValues } from '../question.ts'
import { answerLatency } from './latency-answer.ts'
import type { LatencyLoad } from './latency-figures.ts'
import { needsAutocannon } from './phrases.ts'
import type { Study } from './study.ts'
import { prepareVariants, type Variant } from './variants.ts'

/** Of what the slowest app can: where no app is near its limit. */
const COMMON_SHARE = 0.5
const LOAD_PERCENT = [80]
/** Nearer to all it can, a queue grows with every pause, and slices are too short to see its end. */
const MOST_LOAD_PERCENT = 95
const SLICE_MILLISECONDS = 250
/** Enough that a request hardly ever waits for a connection. */
const CONNECTIONS = 32
const SAME_RATE = 'same-rate'

/** What a visitor waits for at a given rate, queue included: latency from the time at which a request was due. */
export const latency: Study = {
  id: 'latency',
  title: 'latency at a rate',
  question: 'How long does a request take, from when it was due, at the same rate for all apps and at the same load of each?',
  defaults: {
    ...{ endpoints: ['hello', 'table'], connections: CONNECTIONS, slice: SLICE_MILLISECONDS, precision: 1, maxMinutes: 15 },
  },
  quick: { precision: 5, maxMinutes: 4 },
  ownOptions: [
    {
      flags: '--rate <n>',
      description: 'requests per second, the same for all apps',
      shownDefault: 'half of what the slowest app can',
      parse: number('--rate', 1, 1e6),
    },
    {
      flags: '--load-percent <list>',
      description: 'loads of an app, of what it can by itself',
      shownDefault: LOAD_PERCENT.join(','),
      parse: listOfWholeNumbers('--load-percent', 5, MOST_LOAD_PERCENT),
    },
  ],
  examples: [
    'npm run study -- latency --quick',
    'npm run study -- latency --apps koa,./mine/app.ts --rate 2000 --load-percent 50,80,90 --endpoints table',
  ],
  async prepare(options, own, { apps }) {
    needsAutocannon(options.driver, 'send requests at times of their own')
    const loads = loadsOf(own)
    const variants = apps.flatMap((app): Variant[] => [
      // As every comparison asks: what an app can is measured in the same process and the same block.
      { app, key: null, deployment: { process: app.id, load: { sliceMilliseconds: DEFAULT_SLICE_MILLISECONDS } } },
      ...loads.map(({ key }) => ({ app, key, deployment: { process: app.id, load: { saturates: false } } })),
    ])
    const prepared = await prepareVariants(options, variants)
    const deployments = prepared.plan.deployments.map(withArrivals(loads, apps))
    const ids = apps.map(({ id }) => id)
    return {
      ...prepared,
      plan: { ...prepared.plan, deployments },
      answer: (result) => answerLatency(result, ids, loads),
    }
  },
}

function loadsOf({ rate, loadPercent }: OwnValues): LatencyLoad[] {
  const percents = [...new Set((loadPercent as number[] | undefined) ?? LOAD_PERCENT)].sort((a, b) => a - b)
  return [
    { key: SAME_RATE, percent: null, given: (rate as number | undefined) ?? null },
    ...percents.map((percent) => ({ key: String(percent), percent, given: null })),
  ]
}

/** Rates of the deployments in an open loop; those in a closed loop are called as their process is. */
function withArrivals(loads: readonly LatencyLoad[], apps: readonly ResolvedApp[]) {
  return (deployment: DeploymentPlan): DeploymentPlan => {
    const load = loads.find(({ key }) => apps.some((app) => variantId(app.id, key) === deployment.app))
    return load === undefined
      ? deployment
      : { ...deployment, load: { ...deployment.load, arrivals: arrivalsOf(load, deployment) } }
  }

  function arrivalsOf({ percent, given }: LatencyLoad, deployment: DeploymentPlan): ArrivalShape {
    if (percent !== null) return { share: percent / 100, ofSlowest: [processOf(deployment)] }
    return given === null ? { share: COMMON_SHARE, ofSlowest: apps.map(({ id }) => id) } : { ratePerSecond: given }
  }
}
