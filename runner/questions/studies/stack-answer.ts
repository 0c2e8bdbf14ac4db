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
import { costsTimes, endpointsIn, isKnown, isTie, named, notUsable, usableCell } from './phrases.ts'
import { ALONE, DIRECT, type StackId } from './stack-plan.ts'

/** One app in one stack. */
export interface StackCell {
  /** Id of the app in the plan. */
  readonly id: string
  /** null: nginx alone. */
  readonly app: string | null
  readonly stack: StackId
}

interface Known extends StackCell {
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

const TITLES: Readonly<Record<StackId, string>> = {
  'direct-tcp': 'nothing, tcp',
  'direct-unix': 'nothing, unix socket',
  'nginx-tcp': 'nginx, tcp, a connection for every request',
  'nginx-tcp-keepalive': 'nginx, tcp, connections kept',
  'nginx-unix': 'nginx, unix socket, a connection for every request',
  'nginx-unix-keepalive': 'nginx, unix socket, connections kept',
  'nginx-alone': 'nginx alone',
}

/** What changes when a stack is built otherwise, in words. */
const CHANGES: readonly { changed: StackId; usual: StackId; what: string; than: string }[] = [
  {
    changed: 'nginx-tcp',
    usual: 'nginx-tcp-keepalive',
    what: 'a connection from nginx for every request',
    than: 'connections that are kept (tcp)',
  },
  {
    changed: 'nginx-unix',
    usual: 'nginx-unix-keepalive',
    what: 'a connection from nginx for every request',
    than: 'connections that are kept (unix socket)',
  },
  {
    changed: 'nginx-unix-keepalive',
    usual: 'nginx-tcp-keepalive',
    what: 'nginx to the app over a unix socket',
    than: 'nginx over tcp (connections kept)',
  },
  {
    changed: 'nginx-unix',
    usual: 'nginx-tcp',
    what: 'nginx to the app over a unix socket',
    than: 'nginx over tcp (a connection for every request)',
  },
  { changed: 'direct-unix', usual: 'direct-tcp', what: 'without nginx a unix socket', than: 'tcp' },
]

const STANDING_LIMITS = [
  'nginx and app share one CPU here, so requests/s are what one CPU gives for both; on two CPUs nginx would work beside the app.',
  'Over loopback the sender pays for delivering what it sends: nginx is charged for bringing requests to the app, and the app for its answers.',
]

/** What the stacks cost: a row per app and stack, the parts of nginx and app apart. */
export function answerStack(result: Result, stacks: readonly StackCell[]): AnswerBody {
  const endpoints = endpointsIn(result)
  const parts = endpoints.map((endpoint) => {
    const known = knownOf(result, stacks, endpoint)
    const where = endpoints.length > 1 ? `On ${endpoint}: ` : ''
    return {
      sentences: sentences(known).map((sentence) => `${where}${sentence}`),
      tables: [table(endpoint, known)],
      charts: [chart(endpoint, known)],
      limits: notTheLimit(known),
    }
  })
  return joinAnswers({ limits: notUsable(result.cells) }, ...parts, { limits: STANDING_LIMITS })
}

function knownOf(result: Result, stacks: readonly StackCell[], endpoint: string): Known[] {
  const quotable = stacks.flatMap((stack) => {
    const cell = usableCell(result, stack.id, endpoint)
    return cell === null ? [] : [{ ...stack, cell, logs: partsOf(cell, 'overDirect') }]
  })
  // A reference that may not be quoted is no reference.
  const isQuoted = (wanted: StackId, app: string | null) => quotable.some((one) => one.stack === wanted && one.app === app)
  type One = (typeof quotable)[number]
  const costOf = (share: (proxyShare: number) => number) => (one: One) =>
    combine(sharesOf(one.cell), costsOf(one.cell), (own, cost) => Math.log(share(own) * cost))
  const over = (reference: StackId, part: Ratio) => (one: One) =>
    isQuoted(reference, reference === ALONE ? null : one.app) ? partsOf(one.cell, part) : []
  const estimated = estimateRows(quotable, {
    proxyCost: costOf((share) => share),
    appCost: costOf((share) => 1 - share),
    overDirect: over(DIRECT, 'overDirect'),
    appOverDirect: over(DIRECT, 'appOverDirect'),
    proxyOverAlone: over(ALONE, 'overAlone'),
  })
  return estimated.map((one) => ({
    ...one,
    proxyCost: one.app === null ? one.cell.cost : one.proxyCost,
    appCost: one.app !== null && one.proxyCost === null ? one.cell.cost : one.appCost,
    ...(one.stack === DIRECT ? { overDirect: null, appOverDirect: null } : {}),
  }))
}

type Ratio = Exclude<keyof NonNullable<RoundValue['proxy']>, 'share'>

/** Logs of what a cell, or a part of it, costs over something else, by round. */
function partsOf(cell: MeasuredCell, ratio: Ratio): Figure[] {
  return logsOf(figuresOf(cell, ({ proxy }) => proxy?.[ratio]))
}

/** Part of the CPU time that nginx used, by round. */
function sharesOf(cell: MeasuredCell): Figure[] {
  return figuresOf(cell, ({ proxy }) => proxy?.share)
}

function sentences(known: readonly Known[]): string[] {
  const apps = [...Map.groupBy(known, ({ app }) => app)]
  return apps.flatMap(([app, own]) => (app === null ? own.map(ofNginxAlone) : ofApp(named(app), own)))
}

/** The stack with the most to say of it, then what changes when it is built otherwise. */
function ofApp(name: string, own: readonly Known[]): string[] {
  const of = (stack: StackId) => own.find((one) => one.stack === stack)
  const proxied = of('nginx-tcp-keepalive') ?? of('nginx-unix-keepalive') ?? own.find(({ proxyCost }) => proxyCost !== null)
  const changes = CHANGES.flatMap(({ changed, usual, what, than }) => {
    const ratio = overOther(of(changed), of(usual))
    return ratio === null ? [] : [`${name}: ${what} ${costsTimes(ratio, than)}.`]
  })
  return [...(proxied === undefined ? [] : behindNginx(name, proxied)), ...changes]
}

function behindNginx(name: string, { stack, proxyCost, appCost, overDirect, appOverDirect }: Known): string[] {
  if (proxyCost === null || appCost === null) return []
  const whole = overDirect === null ? '' : `a request costs ${formatEstimate(overDirect)} times what it costs without nginx; `
  const parts = `nginx takes ${formatEstimate(proxyCost)} µs per request and the app ${formatEstimate(appCost)} µs`
  const app = appOverDirect === null ? '' : `, ${overItself(appOverDirect)}`
  return [`${name} behind ${TITLES[stack]}: ${whole}${parts}${app}.`]
}

function overItself(ratio: Estimate): string {
  const times = formatEstimate(ratio)
  return isKnown(ratio) && isTie(ratio)
    ? `which cannot be told apart from its cost without nginx (${times} times)`
    : `${times} times its cost without nginx`
}

/** One stack of an app over another, paired by round. */
function overOther(changed: Known | undefined, usual: Known | undefined): Estimate | null {
  if (changed === undefined || usual === undefined) return null
  return usual.stack === DIRECT ? changed.overDirect : (estimateLogs([differences(changed.logs, usual.logs)])[0] ?? null)
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
        `${named(id)} was ${formatShare(cell.serverBusy)} % busy: its requests/s describe the load generator and are ` +
        'left out, and its cost is an upper bound, because a server with time to spare is woken more often.',
    )
}

function table(endpoint: string, known: readonly Known[]) {
  return tableOf(
    {
      id: `stack-${endpoint}`,
      title: `${endpoint}: what stands in front`,
      note:
        `Intervals of ${100 * LEVEL} %. Ratios are paired by block: with the same app directly over tcp, in the same process where nginx reaches ` +
        'it over tcp, and with nginx that answers by itself.',
    },
    known,
    {
      app: ({ app }) => app ?? '',
      'in front of it': ({ stack }) => TITLES[stack],
      'requests/s': ({ cell }) => (serverWasTheLimit(cell) ? cell.requestsPerSecond : null),
      'CPU µs/request': ({ cell }) => cell.cost,
      'of nginx, µs': ({ proxyCost }) => proxyCost,
      'of the app, µs': ({ appCost }) => appCost,
      'all ÷ direct tcp': ({ overDirect }) => overDirect,
      'app ÷ direct tcp': ({ appOverDirect }) => appOverDirect,
      'nginx ÷ nginx alone': ({ proxyOverAlone }) => proxyOverAlone,
    },
  )
}

function chart(endpoint: string, known: readonly Known[]) {
  return chartOf(
    {
      id: `stack-cost-${endpoint}`,
      title: `${endpoint}: CPU µs/request of nginx and of the app`,
      description: 'CPU microseconds per request of nginx, of the app and of both, by what stands in front of the app',
      y: { title: 'CPU µs/request, less is better' },
    },
    known.flatMap(({ app, stack, cell, appCost, proxyCost }) => [
      ...mark('together', TITLES[stack], app === null ? null : cell.cost, app),
      ...mark('app', TITLES[stack], appCost, app ?? 'nginx alone'),
      ...mark('nginx', TITLES[stack], proxyCost, app ?? 'nginx alone'),
    ]),
  )
}
