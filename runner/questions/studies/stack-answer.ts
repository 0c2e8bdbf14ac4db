import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { LEVEL } from '../../analysis/estimates.ts'
import { barOf, combine, costsOf, differences, estimateLogs, type Figure } from '../../analysis/relative.ts'
import type { AnswerBody, AnswerChart, AnswerFigure, AnswerPoint, AnswerTable } from '../../result/answer.ts'
import { numberColumns, textColumns } from '../../result/answer.ts'
import { formatEstimate, formatShare } from '../../result/format.ts'
import type { Estimate, MeasuredCell, Result } from '../../result/model.ts'
import { costsTimes, isKnown, isTie, named } from './phrases.ts'
import type { StackId } from './stack-plan.ts'
import type { StackRounds } from './stack-rounds.ts'
import { notUsable, usableCell } from './usable.ts'

/** One app in one stack. */
export interface StackCell {
  /** Id of the app in the plan. */
  readonly id: string
  /** null: nginx alone. */
  readonly app: string | null
  readonly stack: StackId
}

interface Known extends StackCell {
  readonly endpoint: string
  readonly cell: MeasuredCell
  /** Microseconds per request; null: nothing stands in front, or there is no app. */
  readonly proxyCost: Estimate | null
  readonly appCost: Estimate | null
  readonly overDirect: Estimate | null
  readonly appOverDirect: Estimate | null
  readonly proxyOverAlone: Estimate | null
  /** Of `overDirect`, for comparing two stacks of an app. */
  readonly logs: readonly Figure[]
}

/** What the stacks cost: a row per app and stack, the parts of nginx and app apart. */
export function answerStack(result: Result, stacks: readonly StackCell[], rounds: StackRounds): AnswerBody {
  const endpoints = [...new Set(result.cells.map(({ endpoint }) => endpoint))]
  const byEndpoint = endpoints.map((endpoint) => ({ endpoint, known: knownOf(result, stacks, rounds, endpoint) }))
  return {
    sentences: byEndpoint.flatMap(({ endpoint, known }) =>
      sentences(known).map((sentence) => (endpoints.length > 1 ? `On ${endpoint}: ${sentence}` : sentence)),
    ),
    tables: byEndpoint.filter(({ known }) => known.length > 0).map(({ endpoint, known }) => table(endpoint, known)),
    charts: byEndpoint.filter(({ known }) => known.length > 0).map(({ endpoint, known }) => chart(endpoint, known)),
    limits: [...notUsable(result.cells), ...byEndpoint.flatMap(({ known }) => notTheLimit(known)), ...STANDING_LIMITS],
  }
}

const STANDING_LIMITS = [
  'nginx and app share one CPU here, so requests/s are what one CPU gives for both; on two CPUs nginx would work beside the app.',
  'Over loopback the sender pays for delivering what it sends: nginx is charged for bringing requests to the app, and the app for its answers.',
]

function knownOf(result: Result, stacks: readonly StackCell[], rounds: StackRounds, endpoint: string): Known[] {
  const quotable = stacks.flatMap((stack) => {
    const cell = usableCell(result, stack.id, endpoint)
    return cell === null ? [] : [{ ...stack, endpoint, cell, figures: rounds.figuresOf(stack.id, endpoint) }]
  })
  const isQuoted = (wanted: StackId, app: string | null) =>
    quotable.some(({ stack, ...of }) => stack === wanted && of.app === app)
  const column = (of: (one: (typeof quotable)[number]) => readonly Figure[]) => estimateLogs(quotable.map(of))
  const part = (share: (proxyShare: number) => number) =>
    column(({ cell, figures }) => combine(figures.proxyShare, costsOf(cell), (own, cost) => Math.log(share(own) * cost)))
  // A reference that may not be quoted is no reference.
  const direct = (of: 'overDirect' | 'appOverDirect') =>
    column(({ app, figures }) => (app !== null && isQuoted('direct-tcp', app) ? figures[of] : []))
  const proxyCost = part((share) => share)
  const appCost = part((share) => 1 - share)
  const [overDirect, appOverDirect] = [direct('overDirect'), direct('appOverDirect')]
  const proxyOverAlone = column(({ figures }) => (isQuoted('nginx-alone', null) ? figures.proxyOverAlone : []))
  return quotable.map(({ figures, ...one }, index) => {
    const isDirect = proxyCost[index] === null
    const isReference = one.stack === 'direct-tcp'
    return {
      ...one,
      proxyCost: proxyCost[index]!,
      appCost: isDirect && one.app !== null ? one.cell.cost : appCost[index]!,
      overDirect: isReference ? null : overDirect[index]!,
      appOverDirect: isReference ? null : appOverDirect[index]!,
      proxyOverAlone: proxyOverAlone[index]!,
      logs: figures.overDirect,
    }
  })
}

function sentences(known: readonly Known[]): string[] {
  const apps = [...Map.groupBy(known, ({ app }) => app)].filter(([app]) => app !== null)
  return [...apps.flatMap(([app, own]) => ofApp(named(app!), own)), ...known.filter(isAlone).map(ofNginxAlone)]
}

/** The stack with the most to say of it, then what changes when it is built otherwise. */
function ofApp(name: string, own: readonly Known[]): string[] {
  const of = (stack: StackId) => own.find((one) => one.stack === stack)
  const proxied = of('nginx-tcp-keepalive') ?? of('nginx-unix-keepalive') ?? own.find(({ proxyCost }) => proxyCost !== null)
  const against = (changed: StackId, usual: StackId, what: string, than: string) =>
    difference(of(changed), of(usual), `${name}: ${what}`, than)
  return [
    ...(proxied === undefined ? [] : behindNginx(name, proxied)),
    ...against(
      'nginx-tcp',
      'nginx-tcp-keepalive',
      'a connection from nginx for every request',
      'connections that are kept (tcp)',
    ),
    ...against(
      'nginx-unix',
      'nginx-unix-keepalive',
      'a connection from nginx for every request',
      'connections that are kept (unix socket)',
    ),
    ...against(
      'nginx-unix-keepalive',
      'nginx-tcp-keepalive',
      'nginx to the app over a unix socket',
      'nginx over tcp (connections kept)',
    ),
    ...against(
      'nginx-unix',
      'nginx-tcp',
      'nginx to the app over a unix socket',
      'nginx over tcp (a connection for every request)',
    ),
    ...against('direct-unix', 'direct-tcp', 'without nginx a unix socket', 'tcp'),
  ]
}

function behindNginx(name: string, { stack, proxyCost, appCost, overDirect, appOverDirect }: Known): string[] {
  if (proxyCost === null || appCost === null) return []
  const whole = overDirect === null ? '' : `a request costs ${formatEstimate(overDirect)} times what it costs without nginx; `
  const parts = `nginx takes ${formatEstimate(proxyCost)} µs per request and the app ${formatEstimate(appCost)} µs`
  const app = appOverDirect === null ? '' : `, ${overItself(appOverDirect)}`
  return [`${name} behind ${STACK_TITLES[stack]}: ${whole}${parts}${app}.`]
}

function overItself(ratio: Estimate): string {
  const times = formatEstimate(ratio)
  return isKnown(ratio) && isTie(ratio)
    ? `which cannot be told apart from its cost without nginx (${times} times)`
    : `${times} times its cost without nginx`
}

/** One stack of an app over another, paired by round. */
function difference(changed: Known | undefined, usual: Known | undefined, what: string, than: string): string[] {
  if (changed === undefined || usual === undefined) return []
  const ratio =
    usual.stack === 'direct-tcp' ? changed.overDirect : (estimateLogs([differences(changed.logs, usual.logs)])[0] ?? null)
  return ratio === null ? [] : [`${what} ${costsTimes(ratio, than)}.`]
}

function isAlone({ app }: StackCell): boolean {
  return app === null
}

function ofNginxAlone({ cell }: Known): string {
  const cost = `nginx alone takes ${formatEstimate(cell.cost)} µs per request`
  return serverWasTheLimit(cell)
    ? `${cost} and gives ${formatEstimate(cell.requestsPerSecond)} requests/s: the ceiling for what stands behind it.`
    : `${cost}; its requests/s are not known, because the load generator could not keep it busy.`
}

function notTheLimit(known: readonly Known[]): string[] {
  return known
    .filter(({ cell }) => !serverWasTheLimit(cell))
    .map(
      ({ id, cell }) =>
        `${named(id)} was ${formatShare(cell.serverBusy)} % busy: its requests/s tell of the load generator and are ` +
        'left out, and its cost is an upper bound, because a server with time to spare is woken more often.',
    )
}

export const STACK_TITLES: Readonly<Record<StackId, string>> = {
  'direct-tcp': 'nothing, tcp',
  'direct-unix': 'nothing, unix socket',
  'nginx-tcp': 'nginx, tcp, a connection for every request',
  'nginx-tcp-keepalive': 'nginx, tcp, connections kept',
  'nginx-unix': 'nginx, unix socket, a connection for every request',
  'nginx-unix-keepalive': 'nginx, unix socket, connections kept',
  'nginx-alone': 'nginx alone',
}

function table(endpoint: string, known: readonly Known[]): AnswerTable {
  return {
    id: `stack-${endpoint}`,
    title: `${endpoint}: what stands in front`,
    columns: [
      ...textColumns('app', 'in front of it'),
      ...numberColumns(
        'requests/s',
        'CPU µs/request',
        'of nginx, µs',
        'of the app, µs',
        'all ÷ direct tcp',
        'app ÷ direct tcp',
        'nginx ÷ nginx alone',
      ),
    ],
    rows: known.map((one): AnswerFigure[] => [
      ...[one.app ?? '', STACK_TITLES[one.stack], serverWasTheLimit(one.cell) ? one.cell.requestsPerSecond : null, one.cell.cost],
      ...[isAlone(one) ? one.cell.cost : one.proxyCost, one.appCost],
      ...[one.overDirect, one.appOverDirect, one.proxyOverAlone],
    ]),
    note:
      `Intervals of ${100 * LEVEL} %. Ratios are paired by block: with the same app directly over tcp, in the same process where nginx reaches ` +
      'it over tcp, and with nginx that answers by itself.',
  }
}

function chart(endpoint: string, known: readonly Known[]): AnswerChart {
  const point = ({ app, stack }: Known, series: string, cost: Estimate | null): AnswerPoint[] =>
    cost === null ? [] : [{ panel: app ?? 'nginx alone', series, x: STACK_TITLES[stack], ...barOf(cost) }]
  return {
    ...{ id: `stack-cost-${endpoint}`, title: `${endpoint}: CPU µs/request of nginx and of the app`, form: 'rows' },
    description: 'CPU microseconds per request of nginx, of the app and of both, by what stands in front of the app',
    x: { title: '', scale: 'linear' },
    y: { title: 'CPU µs/request, less is better', scale: 'linear' },
    points: known.flatMap((one) => [
      ...(isAlone(one) ? [] : point(one, 'together', one.cell.cost)),
      ...point(one, 'app', one.appCost),
      ...point(one, 'nginx', isAlone(one) ? one.cell.cost : one.proxyCost),
    ]),
  }
}
