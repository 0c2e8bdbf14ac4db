import type { PayloadSize, PayloadSource } from '../../../apps/payload/payload.ts'
import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { excludes, LEVEL } from '../../analysis/estimates.ts'
import { againstReference, combine, costsOf, differences, estimateRows, logRatios } from '../../analysis/relative.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatNumber, formatShare } from '../../result/format.ts'
import type { Result } from '../../result/model.ts'
import { costsTimes, isKnown, named, notUsable, usableCell } from './phrases.ts'

/** One endpoint of the study. */
export interface PayloadCell {
  readonly endpoint: string
  readonly source: PayloadSource
  readonly bytes: PayloadSize
}

const BYTES_PER_KILOBYTE = 1000
const FROM: Readonly<Record<PayloadSource, string>> = { memory: 'from memory', file: 'from a file' }
const STANDING_LIMITS = [
  'Bodies from memory are strings, as templates make them; all files are in the page cache, so no disk is measured.',
  'Over loopback the sender is charged for delivery as well as for sending: a network card would take some of it.',
]

/** What bodies cost: a row per app, source and length, and what a kilobyte adds. */
export function answerPayload(result: Result, asked: readonly PayloadCell[], nginx: string): AnswerBody {
  const rows = rowsOf(result, asked, nginx)
  const slopes = slopesOf(rows, result.baseline)
  return joinAnswers({
    sentences: sentences(rows, slopes, result.baseline, nginx),
    tables: [costTable(rows, result.baseline), slopeTable(slopes)],
    charts: [chart(rows)],
    limits: [...notUsable(result.cells), ...loadBound(rows), ...STANDING_LIMITS],
  })
}

type Row = ReturnType<typeof rowsOf>[number]

/** What may be quoted, and its cost over something else; null: it is that itself, or that may not be quoted. */
function rowsOf(result: Result, asked: readonly PayloadCell[], nginx: string) {
  const apps = [...new Set(result.cells.map(({ app }) => app))]
  const quotable = apps.flatMap((app) =>
    asked.flatMap((one) => {
      const cell = usableCell(result, app, one.endpoint)
      return cell === null ? [] : [{ ...one, app, cell }]
    }),
  )
  const quoted = (app: string, source: PayloadSource, bytes: PayloadSize) =>
    quotable.find((one) => one.app === app && one.source === source && one.bytes === bytes)
  const overNginx = againstReference(result, nginx)
  const estimated = estimateRows(quotable, {
    overMemory: ({ app, bytes, source, cell }) => {
      const memory = source === 'memory' ? undefined : quoted(app, 'memory', bytes)
      return memory === undefined ? [] : logRatios(costsOf(cell), costsOf(memory.cell))
    },
  })
  return estimated.map((one) => {
    const { app, endpoint, source, bytes, cell } = one
    const beside = overNginx.find((other) => other.app === app && other.endpoint === endpoint)
    return {
      ...one,
      overSkeleton: app !== result.baseline && quoted(result.baseline, source, bytes) !== undefined ? cell.ratio : null,
      overNginx: app === nginx ? null : (beside?.ratio ?? null),
    }
  })
}

type Slope = ReturnType<typeof slopesOf>[number]

/**
 * What a longer body adds, of every app and source: CPU microseconds per 1000 bytes, between the shortest and the longest body.
 * `overSkeleton`: beyond those of the skeleton; null: it is the skeleton, or that is not known.
 */
function slopesOf(rows: readonly Row[], baseline: string) {
  const slopes = [...Map.groupBy(rows, ({ app, source }) => JSON.stringify([app, source])).values()].flatMap((own) => {
    const byLength = own.toSorted((a, b) => a.bytes - b.bytes)
    const [shortest, longest] = [byLength[0]!, byLength.at(-1)!]
    if (shortest.bytes === longest.bytes) return []
    const { app, source } = shortest
    const kilobytes = (longest.bytes - shortest.bytes) / BYTES_PER_KILOBYTE
    const rounds = combine(costsOf(longest.cell), costsOf(shortest.cell), (long, short) => (long - short) / kilobytes)
    return [{ app, source, from: shortest.bytes, to: longest.bytes, rounds }]
  })
  const skeletonOf = ({ source, from, to }: (typeof slopes)[number]) =>
    slopes.find((one) => one.app === baseline && one.source === source && one.from === from && one.to === to)?.rounds ?? []
  const means = {
    perKilobyte: ({ rounds }: (typeof slopes)[number]) => rounds,
    overSkeleton: (one: (typeof slopes)[number]) => (one.app === baseline ? [] : differences(one.rounds, skeletonOf(one))),
  }
  return estimateRows(slopes, {}, means).flatMap(({ perKilobyte, ...one }) =>
    perKilobyte === null ? [] : [{ ...one, perKilobyte }],
  )
}

function sentences(rows: readonly Row[], slopes: readonly Slope[], baseline: string, nginx: string): string[] {
  return [...Map.groupBy(rows, ({ app }) => app)].flatMap(([app, own]) => {
    const name = app === baseline ? `${named(app)} (the skeleton)` : named(app)
    const slope = slopes.filter((one) => one.app === app)
    const longest = own.filter(({ source }) => source === 'file').toSorted((a, b) => b.bytes - a.bytes)[0]
    return [
      ...(slope.length === 0 ? [] : [`${name}: a kilobyte costs ${slope.map(slopeInWords).join(', and ')}.`]),
      ...(longest === undefined || app === nginx ? [] : fileInWords(name, longest)),
    ]
  })
}

function slopeInWords({ source, perKilobyte, overSkeleton }: Slope): string {
  const own = `${formatEstimate(perKilobyte)} µs ${FROM[source]}`
  if (overSkeleton === null || !isKnown(overSkeleton)) return own
  const signed = `${overSkeleton.value > 0 ? '+' : ''}${formatEstimate(overSkeleton)} µs`
  return excludes(overSkeleton, 0)
    ? `${own} (${signed} against the skeleton)`
    : `${own} (cannot be told apart from the skeleton: ${signed})`
}

function fileInWords(name: string, { bytes, overMemory, overNginx }: Row): string[] {
  const parts = [
    ...(overMemory === null ? [] : [costsTimes(overMemory, 'the same from memory')]),
    ...(overNginx === null ? [] : [costsTimes(overNginx, 'from nginx with sendfile')]),
  ]
  return parts.length === 0 ? [] : [`${name}: a file of ${formatNumber(bytes, 0)} bytes ${parts.join('; it ')}.`]
}

function loadBound(rows: readonly Row[]): string[] {
  const bound = rows.filter(({ cell }) => !serverWasTheLimit(cell))
  return bound.map(({ app, endpoint, cell }) => {
    const busy = `${named(app)} on ${endpoint} was ${formatShare(cell.serverBusy)} % busy`
    return `${busy}: the load generator was the limit, and its requests/s are left out.`
  })
}

function costTable(rows: readonly Row[], baseline: string) {
  const note = `Intervals of ${100 * LEVEL} %. The skeleton is ${named(baseline)}; file and memory are compared within a process.`
  return tableOf({ id: 'payload-cost', title: 'by length of the body', note }, rows, {
    app: ({ app }) => app,
    body: ({ source }) => FROM[source],
    bytes: ({ bytes }) => bytes,
    'CPU µs/request': ({ cell }) => cell.cost,
    '÷ skeleton': ({ overSkeleton }) => overSkeleton,
    'file ÷ memory': ({ overMemory }) => overMemory,
    '÷ nginx': ({ overNginx }) => overNginx,
    'requests/s': ({ cell }) => (serverWasTheLimit(cell) ? cell.requestsPerSecond : null),
  })
}

function slopeTable(slopes: readonly Slope[]) {
  const note = 'Between the shortest and the longest body, per 1000 bytes, round by round.'
  return tableOf({ id: 'payload-per-kilobyte', title: 'what a kilobyte adds', note }, slopes, {
    app: ({ app }) => app,
    body: ({ source }) => FROM[source],
    'CPU µs/kilobyte': ({ perKilobyte }) => perKilobyte,
    'over the skeleton, µs': ({ overSkeleton }) => overSkeleton,
  })
}

function chart(rows: readonly Row[]) {
  return chartOf(
    {
      id: 'payload-cost',
      title: 'CPU µs/request by length of the body',
      description: 'CPU microseconds per request by length of the body, a curve per app, from memory and from a file',
      x: { title: 'bytes', scale: 'log' },
      y: { title: 'CPU µs/request, less is better', scale: 'log' },
    },
    rows.flatMap(({ app, source, bytes, cell }) => mark(app, bytes, cell.cost, FROM[source])),
  )
}
