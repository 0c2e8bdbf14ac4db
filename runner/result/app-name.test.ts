import { expect, test } from 'vitest'
import { appFacts, fixtureResult } from '../fixtures/fixture-result.ts'
import { appName } from './format.ts'
import type { AppFacts, Result } from './model.ts'

function resultWith(facts: Partial<AppFacts>): Result {
  const result = fixtureResult()
  return {
    ...result,
    options: { ...result.options, nodeFlags: ['--all'] },
    apps: [{ ...appFacts('mine', 'Mine', null, null), ...facts }],
  }
}

test.each<[Partial<AppFacts>, string]>([
  [{}, 'Mine'],
  [{ version: '1.2.3' }, 'Mine 1.2.3'],
  [{ title: 'My Server', version: '1.2.3' }, 'My Server 1.2.3 (mine)'],
  [{ title: 'a\nb\u001b[1m', version: 'x'.repeat(100) }, `a b ${'x'.repeat(23)}… (mine)`],
  [{ title: 't'.repeat(500) }, `${'t'.repeat(39)}… (mine)`],
  [{ nodeFlags: ['--all', '--mine=1'], env: { A: 'b\nc' } }, 'Mine, --mine=1 A=b c'],
  [{ nodeFlags: ['--all'], env: {} }, 'Mine'],
])('%j is shown as %s', (facts, name) => {
  expect(appName(resultWith(facts), 'mine')).toBe(name)
})

test('an obvious id is not repeated', () => {
  expect(appName(fixtureResult(), 'node-http')).toBe('node:http')
})

test('an app without facts goes by its id', () => {
  expect(appName(fixtureResult(), 'gone\n')).toBe('gone')
})
