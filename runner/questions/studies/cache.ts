import { variantId } from '../../measure/plan.ts'
import { UserError } from '../../result/errors.ts'
import { writeGeneratedApps } from '../../servers/generated-apps.ts'
import { planOf } from '../resolve.ts'
import { answerCache } from './cache-answer.ts'
import type { PreparedStudy, Study } from './study.ts'
import { type Variant, variantApps, variantDeployments } from './variants.ts'

const CACHED = new URL('../../../apps/cached.ts', import.meta.url)
/** Of an app whose pages are kept. */
const KEY = 'cached'
/** What is rendered; the others have nothing to keep. */
const RENDERED = ['template', 'table'] as const

/** What the framework's share of a request becomes when rendering is nearly free. */
export const cache: Study = {
  id: 'cache',
  title: 'cached pages',
  question: 'What does keeping rendered pages for 10 seconds save, and how much of a request is the framework then?',
  defaults: { endpoints: RENDERED, precision: 2, maxMinutes: 10 },
  quick: { precision: 5, maxMinutes: 3 },
  without: [],
  ownOptions: [],
  examples: ['npm run study -- cache --quick', 'npm run study -- cache --apps express,./mine/app.ts --endpoints table'],
  missing: async () => null,
  async prepare(options, _own, { apps }) {
    const nothingToKeep = options.endpoints.find((endpoint) => !RENDERED.some((one) => one === endpoint))
    if (nothingToKeep !== undefined)
      throw new UserError('bad-value', `${nothingToKeep} renders nothing that could be kept in a cache`, {
        hint: `--endpoints takes ${RENDERED.join(' and ')} here`,
      })
    const { transport } = options
    const generated = await writeGeneratedApps(
      apps.map((base) => ({ id: variantId({ app: base, key: KEY }), base, module: CACHED, name: 'cached' })),
    )
    const pairs = apps.map((app, index): [Variant, Variant] => [
      { app, key: null, deployment: { transport } },
      { app, key: KEY, deployment: { transport, modulePath: generated.apps[index]!.modulePath } },
    ])
    const variants = pairs.flat()
    const baseline = variantId(variants[0]!)
    return {
      plan: { ...planOf(options, apps), baseline, deployments: variantDeployments(variants, baseline) },
      apps: variantApps(variants),
      answer: (result) =>
        answerCache(
          result,
          pairs.map(([rendered, kept]) => ({ app: rendered.app.id, rendered: variantId(rendered), kept: variantId(kept) })),
        ),
      cleanUp: generated.remove,
    } satisfies PreparedStudy
  },
}
