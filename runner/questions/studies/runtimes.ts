import { comparePairs } from '../../analysis/relative.ts'
import type { OptionRow } from '../../measure/options.ts'
import { type AnswerBody, chartOf, joinAnswers, mark, tableOf } from '../../result/answer.ts'
import { UserError } from '../../result/errors.ts'
import { formatEstimate } from '../../result/format.ts'
import { variantId } from '../../result/ids.ts'
import type { Result } from '../../result/model.ts'
import { list } from '../../result/option-values.ts'
import { listInWords } from '../../result/plain-text.ts'
import type { ResolvedApp } from '../../servers/find-app.ts'
import { installRuntime, moduleFor, type Runtime, runtimeName } from '../../servers/runtimes.ts'
import { endpointsIn, named, usableCell } from './phrases.ts'
import { prepareVariants, type Study, type Variant, variantOf } from './study.ts'

export const runtimesOption: OptionRow = {
  flags: '--runtimes <list>',
  description: 'node (this one), bun, deno, or one of a version: node@22',
  shownDefault: 'node@22,node@24',
  parse: list,
}
const USUAL = ['node@22', 'node@24']

/** Every app on several runtimes, installed beside the project. */
export const runtimes: Study = {
  id: 'runtimes',
  title: 'runtimes',
  question:
    'What does an app cost on another version of Node, on Bun or Deno, and what does its framework cost over the skeleton there?',
  defaults: { endpoints: ['hello'], precision: 2, maxMinutes: 10 },
  quick: { precision: 5, maxMinutes: 4 },
  ownOptions: [runtimesOption],
  examples: ['npm run study -- runtimes --quick', 'npm run study -- runtimes --runtimes node,bun,deno --apps koa'],
  async prepare(options, { runtimes: given }, { apps, remark }) {
    const stranger = apps.find(({ insideProject, wish, runner }) => !insideProject || wish !== undefined || runner !== undefined)
    if (stranger !== undefined) {
      const hint = 'name apps of the suite; start your own with a server.json per runtime'
      throw new UserError('shipped-only', `${stranger.given} is not an app of this suite`, { hint })
    }
    const found: Runtime[] = []
    for (const wanted of (given as string[] | undefined) ?? USUAL) {
      remark(`${wanted} is installed beside the project, unless it is there`)
      found.push(await installRuntime(wanted))
    }
    const keys = found.map(keyOf)
    const variants = found.flatMap((runner) => apps.map((base) => onRuntime(base, runner)))
    const ids = apps.map(({ id }) => id)
    return prepareVariants(options, [variantOf(apps[0]!), ...variants], (result) => answerRuntimes(result, ids, keys))
  },
}

function onRuntime(base: ResolvedApp, runner: Runtime): Variant {
  const deployment = { runner, modulePath: moduleFor(runner, base.modulePath), runtime: runtimeName(runner) }
  return { ...variantOf(base, keyOf(runner)), deployment }
}

function keyOf({ name, version }: Pick<Runtime, 'name' | 'version'>): string {
  return `${name}-${version}`
}

type Row = ReturnType<typeof rowsOf>[number]

/**
 * A row per app and runtime; the first app is the skeleton.
 * @param keys `node-22.21.1`, by runtime
 */
export function answerRuntimes(result: Result, apps: readonly string[], keys: readonly string[]): AnswerBody {
  const parts = endpointsIn(result).map((endpoint) => {
    const rows = rowsOf(result, apps, keys, endpoint)
    return {
      sentences: apps.slice(1).flatMap((app) => sentenceOf(app, endpoint, rows)),
      tables: [
        tableOf({ id: `runtimes-${endpoint}`, title: `${endpoint} by runtime` }, rows, {
          app: ({ app }) => app,
          runtime: ({ key }) => key,
          'CPU µs/request': ({ cost }) => cost,
          'over the skeleton there': ({ own }) => own,
          'over the skeleton on this Node': ({ overall }) => overall,
        }),
      ],
      charts: [
        chartOf(
          {
            ...{ id: `runtimes-${endpoint}`, title: `${endpoint}: cost by runtime` },
            description: 'CPU microseconds per request, a row per app, a mark per runtime',
            y: { title: 'CPU µs/request, less is better' },
          },
          rows.flatMap(({ app, key, cost }) => mark(key, app, cost)),
        ),
      ],
      limits: [],
    }
  })
  return joinAnswers(...parts)
}

function rowsOf(result: Result, apps: readonly string[], keys: readonly string[], endpoint: string) {
  const skeleton = apps[0]!
  const all = keys.flatMap((key) => apps.map((app) => ({ app, key, id: variantId(app, key) })))
  const pairs = comparePairs(
    result,
    all.flatMap(({ app, key, id }) => [
      { app: id, reference: skeleton, endpoint },
      ...(app === skeleton ? [] : [{ app: id, reference: variantId(skeleton, key), endpoint }]),
    ]),
  )
  const ratio = (app: string, reference: string) =>
    pairs.find((pair) => pair.app === app && pair.reference === reference)?.ratio ?? null
  return all.flatMap(({ app, key, id }) => {
    const cost = usableCell(result, id, endpoint)?.cost
    if (cost === undefined) return []
    return [{ app, key, cost, own: ratio(id, variantId(skeleton, key)), overall: ratio(id, skeleton) }]
  })
}

function sentenceOf(app: string, endpoint: string, rows: readonly Row[]): string[] {
  const own = rows.filter((row) => row.app === app && row.own !== null)
  if (own.length === 0) return []
  const told = own.map((row) => `${formatEstimate(row.own!)} times on ${row.key}`)
  return [`${named(app)} on ${named(endpoint)} costs the skeleton's CPU time ${listInWords(told)}.`]
}
