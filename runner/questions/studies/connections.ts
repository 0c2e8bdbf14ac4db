import { planOf } from '../resolve.ts'
import { answerConnections } from './connections-answer.ts'
import { variantsOf, writeWays } from './connections-modes.ts'
import type { PreparedStudy, Study } from './study.ts'
import { needsAutocannon } from './usable.ts'
import { variantApps, variantDeployments } from './variants.ts'

/** What a connection costs, and what the way of writing a response does to it. */
export const connections: Study = {
  id: 'connections',
  title: 'connections',
  question: 'What does a new connection for every request cost, and what do two writes per response and Nagle’s algorithm do?',
  defaults: { apps: ['node-http', 'koa', 'express'], endpoints: ['hello'], precision: 2, maxMinutes: 15 },
  quick: { precision: 5, maxMinutes: 4 },
  // What is asked about are options of TCP.
  without: ['transport'],
  ownOptions: [],
  examples: ['npm run study -- connections --quick', 'npm run study -- connections --apps koa,./mine/app.ts --endpoints table'],
  missing: async () => null,
  async prepare(options, _own, { apps }) {
    needsAutocannon(options.driver, 'open a connection for every request')
    const generated = await writeWays(apps)
    const variants = apps.flatMap((app) => variantsOf(app, generated))
    const baseline = apps[0]!.id
    return {
      plan: { ...planOf(options, apps), baseline, deployments: variantDeployments(variants, baseline) },
      apps: variantApps(variants),
      answer: (result) =>
        answerConnections(
          result,
          apps.map(({ id }) => id),
        ),
      cleanUp: () => generated.remove(),
    } satisfies PreparedStudy
  },
}
