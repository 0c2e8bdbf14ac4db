import { expect, it } from 'vitest'
import { UserError } from '../result/errors.ts'
import { appsOfPair } from './compare-options.ts'

it('takes base and head in either order', () => {
  expect(appsOfPair(['base=koa@2', 'head=../koa=pr'])).toEqual(['koa@2', '../koa=pr'])
  expect(appsOfPair(['head=b', 'base=a'])).toEqual(['a', 'b'])
})

it('takes them as a file has them', () => {
  expect(appsOfPair({ base: 'koa@2', head: { app: 'koa', env: {} } })).toEqual(['koa@2', { app: 'koa', env: {} }])
})

it.each([
  [['base=a']],
  [['base=a', 'base=b']],
  [['a', 'b']],
  [['base=a', 'head=']],
  [['base=a', 'head=b', 'head=c']],
  [['base=a', 'tail=b']],
])('refuses %j', (given) => {
  expect(() => appsOfPair(given)).toThrow(UserError)
})
