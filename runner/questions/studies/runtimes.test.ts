import { expect, it } from 'vitest'
import { fixtureResult } from '../../fixtures/fixture-result.ts'
import { notPinned } from '../../machine/placement.ts'
import { withDefaults } from '../../measure/options.ts'
import { variantId } from '../../result/ids.ts'
import { resolveApps } from '../resolve.ts'
import { answerRuntimes, runtimes } from './runtimes.ts'

it('takes apps of the suite only', async () => {
  const options = withDefaults({ apps: ['koa@2'], seed: 1 }, [], 1)
  const context = { apps: resolveApps(['koa@2'], '/'), placement: notPinned('a test'), remark: () => {} }
  await expect(runtimes.prepare(options, {}, context)).rejects.toMatchObject({ code: 'shipped-only' })
})

it('tells costs over the skeleton on the same runtime, and over that of this Node', () => {
  const result = fixtureResult()
  const [skeleton, fastify, hono] = result.apps.map(({ id }) => id)
  // Fastify plays the skeleton on another version, Hono itself there.
  const names = new Map([
    [fastify!, variantId(skeleton!, 'node-22.1.0')],
    [hono!, variantId('hono', 'node-22.1.0')],
  ])
  for (const cell of result.cells) {
    cell.app = names.get(cell.app) ?? cell.app
    if (cell.state === 'measured') cell.verdict = 'valid'
  }
  const { sentences, tables } = answerRuntimes(result, [skeleton!, 'hono'], ['node-22.1.0'])
  expect(sentences[0]).toMatch(/^hono on hello costs the skeleton's CPU time .* times on node-22\.1\.0\.$/)
  expect(tables[0]!.rows.map(([app, key]) => [app, key])).toEqual([
    [skeleton, 'node-22.1.0'],
    ['hono', 'node-22.1.0'],
  ])
  // Over the skeleton on its version the skeleton has no ratio.
  expect(tables[0]!.rows[0]![3]).toBeNull()
  expect(tables[0]!.rows[1]![3]).not.toBeNull()
})
