import { variantId } from '../../measure/plan.ts'
import { MOST_CONNECTIONS } from '../../result/load-shape.ts'
import { listOfWholeNumbers } from '../../result/option-values.ts'
import type { OwnValues } from '../question.ts'
import { planOf } from '../resolve.ts'
import type { PreparedStudy, Study } from './study.ts'
import { answerSweep } from './sweep-answer.ts'
import { type Variant, variantApps, variantDeployments } from './variants.ts'

const LEVELS = [1, 2, 4, 8, 16, 32, 64, 128]
/** What a comparison uses by default: the level nearest to it is the one that all others are compared with. */
const USUAL_CONNECTIONS = 16

/** How throughput, cost and latency change with the number of connections, and what the limit is. */
export const sweep: Study = {
  id: 'sweep',
  title: 'concurrency',
  question: 'How many connections does it take until an app gives all it can, and what is the limit then?',
  defaults: { endpoints: ['hello'], precision: 2, maxMinutes: 10 },
  quick: { precision: 5, maxMinutes: 3 },
  without: ['connections'],
  ownOptions: [
    {
      flags: '--levels <list>',
      description: 'numbers of connections',
      shownDefault: LEVELS.join(','),
      parse: listOfWholeNumbers('--levels', 1, MOST_CONNECTIONS),
    },
  ],
  examples: ['npm run study -- sweep --quick', 'npm run study -- sweep --apps koa --levels 1,4,16,64 --endpoints table'],
  missing: async () => null,
  async prepare(options, own, { apps }) {
    const levels = levelsOf(own)
    const variants = apps.flatMap((app) =>
      levels.map(
        (connections): Variant => ({
          ...{ app, key: String(connections) },
          deployment: {
            ...{ modulePath: app.modulePath, transport: options.transport, process: app.id },
            // A single connection waits for every answer: that the server idles meanwhile is what is asked about.
            load: { connections, saturates: false },
          },
        }),
      ),
    )
    const usual = levels.toSorted((a, b) => Math.abs(a - USUAL_CONNECTIONS) - Math.abs(b - USUAL_CONNECTIONS))[0]!
    const baseline = variantId({ app: apps[0]!, key: String(usual) })
    const plan = { ...planOf(options, apps), baseline, deployments: variantDeployments(variants, baseline) }
    return {
      plan,
      apps: variantApps(variants),
      answer: (result) =>
        answerSweep(
          result,
          variants.map(({ app, key }) => ({ app: app.id, id: variantId({ app, key }), connections: Number(key) })),
        ),
    } satisfies PreparedStudy
  },
}

function levelsOf({ levels }: OwnValues): number[] {
  return [...new Set((levels as number[] | undefined) ?? LEVELS)].sort((a, b) => a - b)
}
