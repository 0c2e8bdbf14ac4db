import { excludes, rescaled } from '../../analysis/estimates.ts'
import { comparePairs } from '../../analysis/relative.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { UserError } from '../../result/errors.ts'
import { formatEstimate } from '../../result/format.ts'
import { variantId } from '../../result/ids.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { endpointsIn, negative, usableCell } from './phrases.ts'
import type { Study } from './study.ts'
import { prepareVariants, type Variant } from './variants.ts'

const CACHED = { module: new URL('../../../apps/cached.ts', import.meta.url), name: 'cached' }
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
  ownOptions: [],
  examples: ['npm run study -- cache --quick', 'npm run study -- cache --apps express,./mine/app.ts --endpoints table'],
  async prepare(options, _own, { apps }) {
    const nothingToKeep = options.endpoints.find((endpoint) => !RENDERED.some((one) => one === endpoint))
    if (nothingToKeep !== undefined)
      throw new UserError('bad-value', `${nothingToKeep} renders nothing that could be kept in a cache`, {
        hint: `--endpoints takes ${RENDERED.join(' and ')} here`,
      })
    const variants = apps.flatMap((app): Variant[] => [
      { app, key: null },
      { app, key: KEY, recipe: { ...CACHED, base: app } },
    ])
    const ids = apps.map(({ id }) => id)
    return { ...(await prepareVariants(options, variants)), answer: (result) => answerCache(result, ids) }
  },
}

/** One app on one endpoint; null: a number that is not known. */
interface Row {
  readonly endpoint: string
  readonly app: string
  readonly isSkeleton: boolean
  readonly rendered: Estimate
  readonly kept: Estimate
  /** Rendered less kept, and rendered over kept. */
  readonly saved: Estimate | null
  readonly times: Estimate | null
  /** What of a request is the framework, percent: what the app costs beyond the skeleton with the same pages. */
  readonly shareRendered: Estimate | null
  readonly shareKept: Estimate | null
}

/** What a cache says: a row per endpoint and app, the first app being the skeleton. */
export function answerCache(result: Result, apps: readonly string[]): AnswerBody {
  const known = endpointsIn(result).map((endpoint) => ({ endpoint, rows: rowsOf(result, apps, endpoint) }))
  return joinAnswers(
    { limits: known.some(({ rows }) => rows.length > 0) ? [HITS] : [] },
    ...known.map(({ endpoint, rows }) => ({
      sentences: rows.map(sentence),
      tables: [table(endpoint, rows)],
      charts: [
        chart('cost', endpoint, 'cost of a request', 'CPU µs/request', rows, ['rendered', 'kept']),
        chart('share', endpoint, 'share of the framework', '% of the request', rows, ['shareRendered', 'shareKept']),
      ],
      limits: leftOut(endpoint, rows, apps),
    })),
  )
}

const HITS =
  'Nearly every request finds its page: a few pages are requested thousands of times before they are 10 s old. Where more pages are ' +
  'requested less often, a request costs something between the two.'

function rowsOf(result: Result, apps: readonly string[], endpoint: string): Row[] {
  const skeleton = apps[0]!
  const keptOf = (app: string) => variantId(app, KEY)
  const pairs = comparePairs(result, [
    ...apps.map((app) => ({ app, reference: keptOf(app), endpoint })),
    ...apps.slice(1).flatMap((app) => [
      { app, reference: skeleton, endpoint },
      { app: keptOf(app), reference: keptOf(skeleton), endpoint },
    ]),
  ])
  const find = (app: string, reference: string) => pairs.find((pair) => pair.app === app && pair.reference === reference)
  return apps.flatMap((app): Row[] => {
    const [one, other] = [usableCell(result, app, endpoint), usableCell(result, keptOf(app), endpoint)]
    if (one === null || other === null) return []
    const saving = find(app, keptOf(app))
    return [
      {
        endpoint,
        app,
        isSkeleton: app === skeleton,
        rendered: one.cost,
        kept: other.cost,
        saved: saving?.overheadMicroseconds ?? null,
        times: saving?.ratio ?? null,
        shareRendered: shareOf(find(app, skeleton)?.ratio),
        shareKept: shareOf(find(keptOf(app), keptOf(skeleton))?.ratio),
      },
    ]
  })
}

/** What is beyond the reference, percent of the whole: 1 − 1/ratio grows with the ratio. */
function shareOf(ratio: Estimate | undefined): Estimate | null {
  return ratio === undefined ? null : rescaled(ratio, (over) => 100 * (1 - 1 / over))
}

function sentence(row: Row): string {
  const costs = `${formatEstimate(row.rendered)} µs of CPU a request rendered, ${formatEstimate(row.kept)} µs from the cache`
  return `${row.app} on ${row.endpoint}: ${costs}; ${savingOf(row)}${shareWords(row)}.`
}

function savingOf({ saved, times }: Row): string {
  if (saved === null || times === null) return 'no round has both'
  if (!excludes(times, 1)) return `whether it saves anything is not known (${formatEstimate(saved)} µs)`
  if (times.value < 1) return `the cache costs more than it saves, by ${formatEstimate(negative(saved))} µs`
  return `the cache saves ${formatEstimate(saved)} µs, so rendering makes a request ${formatEstimate(times)} times as expensive`
}

function shareWords({ isSkeleton, shareRendered, shareKept }: Row): string {
  if (isSkeleton || shareRendered === null || shareKept === null) return ''
  return `; the framework is ${percentWords(shareRendered)} of a request that is rendered and ${percentWords(shareKept)} of one that is not`
}

function percentWords(share: Estimate): string {
  const percent = `${formatEstimate(share)} %`
  return excludes(share, 0) ? percent : `${percent} (cannot be told apart from zero)`
}

function table(endpoint: string, rows: readonly Row[]) {
  return tableOf(
    {
      id: `cache-${endpoint}`,
      title: `${endpoint}: rendered for every request, and kept for 10 s`,
      note:
        'What the cache saves is paired by round. The share of the framework is what an app costs beyond the skeleton, of its own cost: ' +
        'rendered beyond the skeleton that renders, cached beyond the skeleton that has the same cache.',
    },
    rows,
    {
      app: ({ app }) => app,
      'rendered, CPU µs/request': ({ rendered }) => rendered,
      'cached, CPU µs/request': ({ kept }) => kept,
      'cache saves, µs': ({ saved }) => saved,
      'rendered ÷ cached': ({ times }) => times,
      'framework, % of rendered': ({ shareRendered }) => shareRendered,
      'framework, % of cached': ({ shareKept }) => shareKept,
    },
  )
}

type Shown = 'rendered' | 'kept' | 'shareRendered' | 'shareKept'

/** @param figures the one of what is rendered, and the one of what is cached */
function chart(id: string, endpoint: string, what: string, unit: string, rows: readonly Row[], figures: readonly [Shown, Shown]) {
  const words = {
    id: `cache-${id}-${endpoint}`,
    title: `${endpoint}: ${what}`,
    description: `${what}, ${unit}, a row per app, rendered for every request and from a cache`,
    y: { title: unit },
  }
  const [rendered, kept] = figures
  return chartOf(
    words,
    rows.flatMap((row) => [...mark('rendered', row.app, row[rendered]), ...mark('cached', row.app, row[kept])]),
  )
}

function leftOut(endpoint: string, rows: readonly Row[], apps: readonly string[]): string[] {
  const missing = apps.filter((app) => rows.every((row) => row.app !== app))
  return missing.length === 0 ? [] : [`Without a valid number on ${endpoint}, rendered or cached: ${missing.join(', ')}.`]
}
