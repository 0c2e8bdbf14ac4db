import { excludes } from '../../analysis/checks/interval.ts'
import { barOf, comparePairs } from '../../analysis/relative.ts'
import type { AnswerBody, AnswerChart, AnswerFigure, AnswerTable } from '../../result/answer.ts'
import { numberColumns, textColumns } from '../../result/answer.ts'
import { formatEstimate } from '../../result/format.ts'
import type { Estimate, Result } from '../../result/model.ts'
import { negative } from './phrases.ts'
import { usableCell } from './usable.ts'

/** An app as it is and with its pages kept, by their ids in the plan. */
export interface CachedApp {
  readonly app: string
  readonly rendered: string
  readonly kept: string
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
export function answerCache(result: Result, apps: readonly CachedApp[]): AnswerBody {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const known = endpoints.map((endpoint) => ({ endpoint, rows: rowsOf(result, apps, endpoint) }))
  const measured = known.filter(({ rows }) => rows.length > 0)
  return {
    sentences: measured.flatMap(({ rows }) => rows.map(sentence)),
    tables: measured.map(({ endpoint, rows }) => table(endpoint, rows)),
    charts: measured.flatMap(({ endpoint, rows }) => charts(endpoint, rows)),
    limits: [...(measured.length === 0 ? [] : [HITS]), ...known.flatMap(({ endpoint, rows }) => leftOut(endpoint, rows, apps))],
  }
}

const HITS =
  'Nearly every request finds its page: a few pages are requested thousands of times before they are 10 s old. Where more pages are ' +
  'requested less often, a request costs something between the two.'

function rowsOf(result: Result, apps: readonly CachedApp[], endpoint: string): Row[] {
  const [skeleton] = apps
  const pairs = comparePairs(result, [
    ...apps.map(({ rendered, kept }) => ({ app: rendered, reference: kept, endpoint })),
    ...apps.slice(1).flatMap(({ rendered, kept }) => [
      { app: rendered, reference: skeleton!.rendered, endpoint },
      { app: kept, reference: skeleton!.kept, endpoint },
    ]),
  ])
  const find = (app: string, reference: string) => pairs.find((pair) => pair.app === app && pair.reference === reference)
  return apps.flatMap(({ app, rendered, kept }): Row[] => {
    const [one, other] = [usableCell(result, rendered, endpoint), usableCell(result, kept, endpoint)]
    if (one === null || other === null) return []
    const saving = find(rendered, kept)
    return [
      {
        ...{ endpoint, app, isSkeleton: app === skeleton?.app, rendered: one.cost, kept: other.cost },
        ...{ saved: saving?.overheadMicroseconds ?? null, times: saving?.ratio ?? null },
        shareRendered: shareOf(find(rendered, skeleton!.rendered)?.ratio),
        shareKept: shareOf(find(kept, skeleton!.kept)?.ratio),
      },
    ]
  })
}

/** What is beyond the reference, percent of the whole: 1 − 1/ratio grows with the ratio, so the ends of the interval are its ends. */
function shareOf(ratio: Estimate | undefined): Estimate | null {
  if (ratio === undefined) return null
  const share = (over: number) => 100 * (1 - 1 / over)
  const end = (over: number | null) => (over === null ? null : share(over))
  return { value: share(ratio.value), low: end(ratio.low), high: end(ratio.high), level: ratio.level }
}

function sentence(row: Row): string {
  const where = `${row.app} on ${row.endpoint}`
  const costs = `${formatEstimate(row.rendered)} µs of CPU a request rendered, ${formatEstimate(row.kept)} µs from the cache`
  return `${where}: ${costs}; ${savingOf(row)}${shareWords(row)}.`
}

function savingOf({ saved, times }: Row): string {
  if (saved === null || times === null) return 'no round has both'
  if (!excludes(times, 1)) return `whether it saves anything cannot be told (${formatEstimate(saved)} µs)`
  if (times.value < 1) return `the cache costs more than it saves, by ${formatEstimate(negative(saved))} µs`
  return `the cache saves ${formatEstimate(saved)} µs, so rendering makes a request ${formatEstimate(times)} times as expensive`
}

function shareWords({ isSkeleton, shareRendered, shareKept }: Row): string {
  if (isSkeleton || shareRendered === null || shareKept === null) return ''
  return `; the framework is ${percentWords(shareRendered)} of a request that is rendered and ${percentWords(shareKept)} of one that is not`
}

function percentWords(share: Estimate): string {
  const percent = `${formatEstimate(share)} %`
  return excludes(share, 0) ? percent : `${percent} (cannot be told apart from nothing)`
}

function table(endpoint: string, rows: readonly Row[]): AnswerTable {
  return {
    id: `cache-${endpoint}`,
    title: `${endpoint}: rendered for every request, and kept for 10 s`,
    columns: [
      ...textColumns('app'),
      ...numberColumns(
        'rendered, CPU µs/request',
        'cached, CPU µs/request',
        'cache saves, µs',
        'rendered ÷ cached',
        'framework, % of rendered',
        'framework, % of cached',
      ),
    ],
    rows: rows.map((row): AnswerFigure[] => [
      ...[row.app, row.rendered, row.kept, row.saved, row.times],
      ...[row.shareRendered, row.shareKept],
    ]),
    note:
      'What the cache saves is paired by round. The share of the framework is what an app costs beyond the skeleton, of its own cost: ' +
      'rendered beyond the skeleton that renders, cached beyond the skeleton that has the same cache.',
  }
}

function charts(endpoint: string, rows: readonly Row[]): AnswerChart[] {
  const two = (id: string, title: string, unit: string, of: (row: Row) => readonly (Estimate | null)[]): AnswerChart => ({
    ...{ id: `cache-${id}-${endpoint}`, title: `${endpoint}: ${title}`, form: 'rows' },
    description: `${title}, ${unit}, a row per app, rendered for every request and from a cache`,
    x: { title: 'app', scale: 'linear' },
    y: { title: unit, scale: 'linear' },
    points: rows.flatMap((row) =>
      of(row).flatMap((estimate, index) => {
        if (estimate === null) return []
        return [{ panel: null, series: index === 0 ? 'rendered' : 'cached', x: row.app, ...barOf(estimate) }]
      }),
    ),
  })
  const all = [
    two('cost', 'cost of a request', 'CPU µs/request', ({ rendered, kept }) => [rendered, kept]),
    two('share', 'share of the framework', '% of the request', ({ shareRendered, shareKept }) => [shareRendered, shareKept]),
  ]
  return all.filter(({ points }) => points.length > 0)
}

function leftOut(endpoint: string, rows: readonly Row[], apps: readonly CachedApp[]): string[] {
  const missing = apps.filter(({ app }) => rows.every((row) => row.app !== app)).map(({ app }) => app)
  return missing.length === 0 ? [] : [`Without a valid number on ${endpoint}, rendered or cached: ${missing.join(', ')}.`]
}
