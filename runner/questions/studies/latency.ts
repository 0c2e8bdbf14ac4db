import { DEFAULT_SLICE_MILLISECONDS, numeric, option } from '../../measure/options.ts'
import type { ArrivalShape } from '../../result/load-shape.ts'
import { listOfWholeNumbers, number } from '../../result/option-values.ts'
import { processOf } from '../../servers/deployment.ts'
import type { OwnValues } from '../question.ts'
import { answerLatency, type LatencyLoad } from './latency-answer.ts'
import { needsAutocannon } from './phrases.ts'
import { ascending, prepareVariants, type Study, variantOf } from './study.ts'

/** Of what the slowest app can: where no app is near its limit. */
const COMMON_SHARE = 0.5
const LOAD_PERCENT = [80]
/** Nearer to all it can, a queue grows with every pause, and slices are too short to see its end. */
const MOST_LOAD_PERCENT = 95
const SLICE_MILLISECONDS = 250
/** Enough that a request hardly ever waits for a connection. */
const CONNECTIONS = 32
const loadPercent = listOfWholeNumbers('--load-percent', 5, MOST_LOAD_PERCENT)

/** What a visitor waits for at a given rate, queue included: latency from the time at which a request was due. */
export const latency: Study = {
  id: 'latency',
  title: 'latency at a rate',
  question: 'How long does a request take, from when it was due, at the same rate for all apps and at the same load of each?',
  defaults: {
    ...{ endpoints: ['hello', 'table'], connections: CONNECTIONS, slice: SLICE_MILLISECONDS, precision: 1, maxMinutes: 15 },
  },
  quick: { precision: 5, maxMinutes: 4.5 },
  ownOptions: [
    numeric(
      '--rate <n>',
      'requests per second, the same for all apps',
      [number, 1, 1e6],
      null,
      'half of what the slowest app can',
    ),
    option('--load-percent <list>', 'loads of an app, of what it can by itself', loadPercent, LOAD_PERCENT),
  ],
  examples: [
    'npm run study -- latency --quick',
    'npm run study -- latency --apps koa,./mine/app.ts --rate 2000 --load-percent 50,80,90 --endpoints table',
  ],
  async prepare(options, own, { apps }) {
    needsAutocannon(options.driver, 'send requests at times of their own')
    const loads = loadsOf(own)
    const variants = apps.flatMap((app) => [
      // As every comparison asks: what an app can is measured in the same process and the same block.
      { ...variantOf(app), load: null, deployment: { process: app.id, load: { sliceMilliseconds: DEFAULT_SLICE_MILLISECONDS } } },
      ...loads.map((load) => ({
        ...{ ...variantOf(app, load.key), load },
        deployment: { process: app.id, load: { saturates: false } },
      })),
    ])
    const prepared = await prepareVariants(options, variants, (result) => answerLatency(result, variants, loads))
    const all = apps.map(({ id }) => id)
    // Rates in an open loop are those of what the deployments in a closed loop can, which are called as their process is.
    const deployments = prepared.plan.deployments.map((deployment) => {
      const load = variants.find(({ id }) => id === deployment.app)?.load ?? null
      if (load === null) return deployment
      return { ...deployment, load: { ...deployment.load, arrivals: arrivalsOf(load, processOf(deployment), all) } }
    })
    return { ...prepared, plan: { ...prepared.plan, deployments, leastBlocks: LEAST_BLOCKS } }
  },
}

/** Percentiles are those of the requests of a round. */
const LEAST_BLOCKS = 24

function loadsOf({ rate, loadPercent }: OwnValues): LatencyLoad[] {
  const sameRate = { key: 'same-rate', percent: null, given: (rate as number | undefined) ?? null }
  const percents = ascending(loadPercent, LOAD_PERCENT)
  return [sameRate, ...percents.map((percent) => ({ key: String(percent), percent, given: null }))]
}

function arrivalsOf({ percent, given }: LatencyLoad, own: string, all: readonly string[]): ArrivalShape {
  if (percent !== null) return { share: percent / 100, ofSlowest: [own] }
  return given === null ? { share: COMMON_SHARE, ofSlowest: all } : { ratePerSecond: given }
}
