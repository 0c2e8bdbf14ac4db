import { serverWasTheLimit } from '../../analysis/checks/saturation.ts'
import { LEVEL } from '../../analysis/estimates.ts'
import {
  combine,
  costsOf,
  differences,
  estimateLogs,
  estimateRows,
  type Figure,
  figuresOf,
  logsOf,
} from '../../analysis/relative.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { formatEstimate, formatShare } from '../../result/format.ts'
import type { Estimate, MeasuredCell, Result, RoundValue } from '../../result/model.ts'
import { costsTimes, endpointsIn, isKnown, isTie, named, notUsable, withCells } from './phrases.ts'
import type { Variant } from './study.ts'

/** What stands between the load generator and an app, and how the app is reached. */
export const WAYS = {
  'direct-tcp': { title: 'nothing, tcp', transport: 'tcp', keepAlive: true, proxied: false },
  'direct-unix': { title: 'nothing, unix socket', transport: 'unix', keepAlive: true, proxied: false },
  'nginx-tcp': { title: 'nginx, tcp, a connection for every request', transport: 'tcp', keepAlive: false, proxied: true },
  'nginx-tcp-keepalive': { title: 'nginx, tcp, connections kept', transport: 'tcp', keepAlive: true, proxied: true },
  'nginx-unix': {
    title: 'nginx, unix socket, a connection for every request',
    transport: 'unix',
    keepAlive: false,
    proxied: true,
  },
  'nginx-unix-keepalive': { title: 'nginx, unix socket, connections kept', transport: 'unix', keepAlive: true, proxied: true },
  'nginx-alone': { title: 'nginx alone', transport: 'tcp', keepAlive: true, proxied: false },
} as const
export type StackId = keyof typeof WAYS
export const STACKS = Object.keys(WAYS) as StackId[]

/** Every app is compared with itself in this one. */
export const DIRECT = 'direct-tcp'
/** In this one there is no app. */
export const ALONE = 'nginx-alone'

/** What changes when a stack is built otherwise, in words. */
const CHANGES: readonly (readonly [changed: StackId, usual: StackId, what: string, than: string])[] = [
  ['nginx-tcp', 'nginx-tcp-keepalive', 'a connection from nginx for every request', 'connections that are kept (tcp)'],
  ['nginx-unix', 'nginx-unix-keepalive', 'a connection from nginx for every request', 'connections that are kept (unix socket)'],
  ['nginx-unix-keepalive', 'nginx-tcp-keepalive', 'nginx to the app over a unix socket', 'nginx over tcp (connections kept)'],
  ['nginx-unix', 'nginx-tcp', 'nginx to the app over a unix socket', 'nginx over tcp (a connection for every request)'],
  ['direct-unix', 'direct-tcp', 'without nginx a unix socket', 'tcp'],
]

const STANDING_LIMITS = [
  'nginx and app share one CPU here, so requests/s are what one CPU gives for both; on two CPUs nginx would work beside the app.',
  'Over loopback the sender pays for delivering what it sends: nginx is charged for bringing requests to the app, and the app for its answers.',
]

type StackOfApp = Pick<Variant, 'app' | 'id'> & { readonly stack: StackId }

/** What the stacks cost: a row per app and stack, the parts of nginx and app apart. */
export function answerStack(result: Result, stacks: readonly StackOfApp[]): AnswerBody {
  const endpoints = endpointsIn(result)
  const parts = endpoints.map((endpoint) => {
    const rows = rowsOf(result, stacks, endpoint)
    const where = endpoints.length > 1 ? `On ${endpoint}: ` : ''
    return {
      sentences: sentences(rows).map((sentence) => `${where}${sentence}`),
      tables: [table(endpoint, rows)],
      charts: [chart(endpoint, rows)],
      limits: notTheLimit(rows),
    }
  })
  return joinAnswers({ limits: notUsable(result.cells) }, ...parts, { limits: STANDING_LIMITS })
}

type Row = ReturnType<typeof rowsOf>[number]

/**
 * What may be quoted. Costs of nginx and of the app, microseconds per request, and ratios; null: nothing stands in front, there is no app,
 * or nothing to compare with. A reference that may not be quoted is no reference.
 */
function rowsOf(result: Result, stacks: readonly StackOfApp[], endpoint: string) {
  const quotable = withCells(result, stacks, endpoint)
  type One = (typeof quotable)[number]
  const over = (reference: StackId, part: Ratio) => (one: One) =>
    quotable.some(({ stack, app }) => stack === reference && (stack === ALONE || app === one.app)) ? logsOver(one.cell, part) : []
  const estimated = estimateRows(quotable, {
    proxyCost: ({ cell }) => partCosts(cell, (share) => share),
    appCost: ({ cell }) => partCosts(cell, (share) => 1 - share),
    overDirect: over(DIRECT, 'overDirect'),
    appOverDirect: over(DIRECT, 'appOverDirect'),
    proxyOverAlone: over(ALONE, 'overAlone'),
  })
  return estimated.map((one) => ({
    ...one,
    isAlone: one.stack === ALONE,
    title: WAYS[one.stack].title,
    proxyCost: one.stack === ALONE ? one.cell.cost : one.proxyCost,
    appCost: one.stack !== ALONE && one.proxyCost === null ? one.cell.cost : one.appCost,
    ...(one.stack === DIRECT ? { overDirect: null, appOverDirect: null } : {}),
  }))
}

/** Logs of what a part of a cell costs, by round. @param partOf the part, from that of the proxy */
export function partCosts(cell: MeasuredCell, partOf: (proxyShare: number) => number): Figure[] {
  const shares = figuresOf(cell, ({ proxy }) => proxy?.share)
  return combine(shares, costsOf(cell), (share, cost) => Math.log(partOf(share) * cost))
}

type Ratio = Exclude<keyof NonNullable<RoundValue['proxy']>, 'share'>

/** Logs of what a cell, or a part of it, costs over something else, by round. */
function logsOver(cell: MeasuredCell, ratio: Ratio) {
  return logsOf(figuresOf(cell, ({ proxy }) => proxy?.[ratio]))
}

function sentences(rows: readonly Row[]): string[] {
  const apps = Map.groupBy(rows, ({ isAlone, app }) => (isAlone ? null : app))
  return [...apps].flatMap(([app, own]) => (app === null ? own.map(ofNginxAlone) : ofApp(named(app), own)))
}

/** The stack with the most to say of it, then what changes when it is built otherwise, paired by round. */
function ofApp(name: string, own: readonly Row[]): string[] {
  const of = (stack: StackId) => own.find((one) => one.stack === stack)
  const proxied = of('nginx-tcp-keepalive') ?? of('nginx-unix-keepalive') ?? own.find(({ proxyCost }) => proxyCost !== null)
  const changes = CHANGES.flatMap(([changed, usual, what, than]) => {
    const [row, other] = [of(changed), of(usual)]
    if (row === undefined || other === undefined) return []
    const logs = differences(logsOver(row.cell, 'overDirect'), logsOver(other.cell, 'overDirect'))
    const ratio = usual === DIRECT ? row.overDirect : (estimateLogs([logs])[0] ?? null)
    return ratio === null ? [] : [`${name}: ${what} ${costsTimes(ratio, than)}.`]
  })
  return [...(proxied === undefined ? [] : behindNginx(name, proxied)), ...changes]
}

function behindNginx(name: string, { title, proxyCost, appCost, overDirect, appOverDirect }: Row): string[] {
  if (proxyCost === null || appCost === null) return []
  const whole = overDirect === null ? '' : `a request costs ${formatEstimate(overDirect)} times what it costs without nginx; `
  const parts = `nginx takes ${formatEstimate(proxyCost)} µs per request and the app ${formatEstimate(appCost)} µs`
  const app = appOverDirect === null ? '' : `, ${overItself(appOverDirect)}`
  return [`${name} behind ${title}: ${whole}${parts}${app}.`]
}

function overItself(ratio: Estimate): string {
  const times = formatEstimate(ratio)
  return isKnown(ratio) && isTie(ratio)
    ? `which cannot be told apart from its cost without nginx (${times} times)`
    : `${times} times its cost without nginx`
}

function ofNginxAlone({ cell }: Row): string {
  const cost = `nginx alone takes ${formatEstimate(cell.cost)} µs per request`
  return serverWasTheLimit(cell)
    ? `${cost} and gives ${formatEstimate(cell.requestsPerSecond)} requests/s: the ceiling for what stands behind it.`
    : `${cost}; its requests/s are not known, because the load generator could not keep it busy.`
}

function notTheLimit(rows: readonly Row[]): string[] {
  const idle = rows.filter(({ cell }) => !serverWasTheLimit(cell))
  return idle.map(
    ({ id, cell }) =>
      `${named(id)} was ${formatShare(cell.serverBusy)} % busy: its requests/s describe the load generator and are ` +
      'left out, and its cost is an upper bound, because a server with time to spare is woken more often.',
  )
}

function table(endpoint: string, rows: readonly Row[]) {
  const note =
    `Intervals of ${100 * LEVEL} %. Ratios are paired by block: with the same app directly over tcp, in the same process where nginx reaches ` +
    'it over tcp, and with nginx that answers by itself.'
  return tableOf({ id: `stack-${endpoint}`, title: `${endpoint}: what stands in front`, note }, rows, {
    app: ({ isAlone, app }) => (isAlone ? '' : app),
    'in front of it': ({ title }) => title,
    'requests/s': ({ cell }) => (serverWasTheLimit(cell) ? cell.requestsPerSecond : null),
    'CPU µs/request': ({ cell }) => cell.cost,
    'of nginx, µs': ({ proxyCost }) => proxyCost,
    'of the app, µs': ({ appCost }) => appCost,
    'all ÷ direct tcp': ({ overDirect }) => overDirect,
    'app ÷ direct tcp': ({ appOverDirect }) => appOverDirect,
    'nginx ÷ nginx alone': ({ proxyOverAlone }) => proxyOverAlone,
  })
}

function chart(endpoint: string, rows: readonly Row[]) {
  const title = `${endpoint}: CPU µs/request of nginx and of the app`
  const description = 'CPU microseconds per request of nginx, of the app and of both, by what stands in front of the app'
  return chartOf(
    { id: `stack-cost-${endpoint}`, title, description, y: { title: 'CPU µs/request, less is better' } },
    rows.flatMap(({ app, isAlone, title, cell, appCost, proxyCost }) => {
      const panel = isAlone ? 'nginx alone' : app
      return [
        ...mark('together', title, isAlone ? null : cell.cost, panel),
        ...mark('app', title, appCost, panel),
        ...mark('nginx', title, proxyCost, panel),
      ]
    }),
  )
}
