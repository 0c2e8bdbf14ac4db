import { excludes, rescaled } from '../../analysis/estimates.ts'
import { comparePairs } from '../../analysis/relative.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { UserError } from '../../result/errors.ts'
import { formatEstimate } from '../../result/format.ts'
import { variantId } from '../../result/ids.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { endpointsIn, negative, usableCell } from './phrases.ts'
import { prepareVariants, type Study, variantOf } from './study.ts'

const CACHED = { module: new URL('../../../apps/cached.ts', import.meta.url), name: 'cached' }
/** Of an app whose pages are kept. */
const KEY = 'cached'
/** What is rendered; the others have nothing to keep. */
const RENDERED = ['template', 'table'] as const
const HITS =
  'Nearly every request finds its page: a few pages are requested thousands of times before they are 10 s old. Where more pages are ' +
  'requested less often, a request costs something between the two.'

/** What the framework's share of a request becomes when rendering is nearly free. */
export const cache: Study = {
  id: 'cache',
  title: 'cached pages',
  question: 'What does keeping rendered pages for 10 seconds save, and how much of a request is the framework then?',
  defaults: { endpoints: RENDERED, precision: 2, maxMinutes: 10 },
  quick: { precision: 5, maxMinutes: 4 },
  ownOptions: [],
  examples: ['npm run study -- cache --quick', 'npm run study -- cache --apps express,./mine/app.ts --endpoints table'],
  async prepare(options, _own, { apps }) {
    const nothingToKeep = options.endpoints.find((endpoint) => !RENDERED.some((one) => one === endpoint))
    if (nothingToKeep !== undefined)
      throw new UserError('bad-value', `${nothingToKeep} renders nothing that could be kept in a cache`, {
        hint: `--endpoints takes ${RENDERED.join(' and ')} here`,
      })
    const variants = apps.flatMap((app) => [variantOf(app), { ...variantOf(app, KEY), recipe: { ...CACHED, base: app } }])
    const ids = apps.map(({ id }) => id)
    return prepareVariants(options, variants, (result) => answerCache(result, ids))
  },
}

/** What a cache says: a row per endpoint and app, the first app being the skeleton. */
export function answerCache(result: Result, apps: readonly string[]): AnswerBody {
  const parts = endpointsIn(result).map((endpoint) => {
    const rows = rowsOf(result, apps, endpoint)
    const missing = apps.filter((app) => rows.every((row) => row.app !== app))
    return {
      sentences: rows.map(sentence),
      tables: [table(endpoint, rows)],
      charts: [
        chart('cost', endpoint, 'cost of a request', 'CPU µs/request', rows, ['rendered', 'kept']),
        chart('share', endpoint, 'share of the framework', '% of the request', rows, ['shareRendered', 'shareKept']),
      ],
      limits: missing.length === 0 ? [] : [`Without a valid number on ${endpoint}, rendered or cached: ${missing.join(', ')}.`],
    }
  })
  return joinAnswers({ limits: parts.some(({ sentences }) => sentences.length > 0) ? [HITS] : [] }, ...parts)
}

type Row = ReturnType<typeof rowsOf>[number]

/** Apps with both numbers on an endpoint; null: a comparison that is not known. */
function rowsOf(result: Result, apps: readonly string[], endpoint: string) {
  const skeleton = apps[0]!
  const keptOf = (app: string) => variantId(app, KEY)
  const pairs = comparePairs(result, [
    ...apps.map((app) => ({ app, reference: keptOf(app), endpoint })),
    ...apps.slice(1).flatMap((app) => [
      { app, reference: skeleton, endpoint },
      { app: keptOf(app), reference: keptOf(skeleton), endpoint },
    ]),
  ])
  const compared = (app: string, reference: string) => pairs.find((pair) => pair.app === app && pair.reference === reference)
  return apps.flatMap((app) => {
    const [rendered, kept] = [app, keptOf(app)].map((id) => usableCell(result, id, endpoint)?.cost)
    if (rendered === undefined || kept === undefined) return []
    const saving = compared(app, keptOf(app))
    return [
      {
        ...{ app, endpoint, rendered, kept },
        saved: saving?.overheadMicroseconds ?? null,
        times: saving?.ratio ?? null,
        // What of a request is the framework: what the app costs beyond the skeleton with the same pages.
        shareRendered: shareOf(compared(app, skeleton)?.ratio),
        shareKept: shareOf(compared(keptOf(app), keptOf(skeleton))?.ratio),
      },
    ]
  })
}

/** What is beyond the reference, percent of the whole: 1 − 1/ratio grows with the ratio. */
function shareOf(ratio: Estimate | undefined): Estimate | null {
  return ratio === undefined ? null : rescaled(ratio, (over) => 100 * (1 - 1 / over))
}

function sentence({ app, endpoint, rendered, kept, saved, times, shareRendered, shareKept }: Row): string {
  const costs = `${formatEstimate(rendered)} µs of CPU a request rendered, ${formatEstimate(kept)} µs from the cache`
  const share =
    shareRendered === null || shareKept === null
      ? ''
      : `; the framework is ${percentWords(shareRendered)} of a request that is rendered and ${percentWords(shareKept)} of one that is not`
  return `${app} on ${endpoint}: ${costs}; ${savingWords(saved, times)}${share}.`
}

function savingWords(saved: Estimate | null, times: Estimate | null): string {
  if (saved === null || times === null) return 'no round has both'
  if (!excludes(times, 1)) return `whether it saves anything is not known (${formatEstimate(saved)} µs)`
  if (times.value < 1) return `the cache costs more than it saves, by ${formatEstimate(negative(saved))} µs`
  return `the cache saves ${formatEstimate(saved)} µs, so rendering makes a request ${formatEstimate(times)} times as expensive`
}

function percentWords(share: Estimate): string {
  const percent = `${formatEstimate(share)} %`
  return excludes(share, 0) ? percent : `${percent} (cannot be told apart from zero)`
}

function table(endpoint: string, rows: readonly Row[]) {
  const title = `${endpoint}: rendered for every request, and kept for 10 s`
  const note =
    'What the cache saves is paired by round. The share of the framework is what an app costs beyond the skeleton, of its own cost: ' +
    'rendered beyond the skeleton that renders, cached beyond the skeleton that has the same cache.'
  return tableOf({ id: `cache-${endpoint}`, title, note }, rows, {
    app: ({ app }) => app,
    'rendered, CPU µs/request': ({ rendered }) => rendered,
    'cached, CPU µs/request': ({ kept }) => kept,
    'cache saves, µs': ({ saved }) => saved,
    'rendered ÷ cached': ({ times }) => times,
    'framework, % of rendered': ({ shareRendered }) => shareRendered,
    'framework, % of cached': ({ shareKept }) => shareKept,
  })
}

type Shown = 'rendered' | 'kept' | 'shareRendered' | 'shareKept'

/** @param figures the one of what is rendered, and the one of what is cached */
function chart(id: string, endpoint: string, what: string, unit: string, rows: readonly Row[], figures: readonly [Shown, Shown]) {
  const description = `${what}, ${unit}, a row per app, rendered for every request and from a cache`
  const [rendered, kept] = figures
  return chartOf(
    { id: `cache-${id}-${endpoint}`, title: `${endpoint}: ${what}`, description, y: { title: unit } },
    rows.flatMap((row) => [...mark('rendered', row.app, row[rendered]), ...mark('cached', row.app, row[kept])]),
  )
}
