import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { withDefaults, withOwnEndpoints } from '../measure/options.ts'
import { UserError } from '../result/errors.ts'
import { planOf, resolveApps } from './resolve.ts'

const folder = mkdtempSync(join(tmpdir(), 'endpoints-'))
afterAll(() => rmSync(folder, { recursive: true }))

const echo = { id: 'echo', request: { method: 'POST', path: '/echo', body: 'ä' }, expect: { body: 'ä' } }

function optionsOf(endpoints: readonly unknown[], given = ['./mine.json'], baseline = 'koa') {
  writeFileSync(join(folder, 'mine.json'), JSON.stringify({ endpoints }, null, 2))
  return withOwnEndpoints(withDefaults({ apps: ['koa'], endpoints: given, baseline }, [], 1), folder)
}

describe('requests of the user', () => {
  it('are asked for beside those that are known, and are part of the options', () => {
    const options = optionsOf([echo], ['hello', './mine.json'])
    expect(options.endpoints).toEqual(['hello', 'echo'])
    expect(options.givenEndpoints).toEqual(['hello', './mine.json'])
    expect(options.ownEndpoints).toEqual([
      {
        id: 'echo',
        request: { method: 'POST', path: '/echo', headers: {}, body: 'ä' },
        expect: { status: 200, headers: {}, body: 'ä', mayChange: [] },
      },
    ])
    const { answers, endpoints } = planOf(options, resolveApps(['koa'], '/', 'koa'))
    expect(endpoints).toEqual(['hello', 'echo'])
    expect(answers).toEqual({
      echo: {
        path: '/echo',
        request: { method: 'POST', headers: {}, body: 'ä' },
        ...{ status: 200, contentType: null, headers: {}, contentLength: 2, body: 'ä' },
      },
    })
  })

  it('may expect JSON with parts that change', () => {
    const orders = { id: 'orders', request: { path: '/orders' }, expect: { json: { at: 1 }, mayChange: ['/at'] } }
    const { answers } = planOf(optionsOf([orders]), resolveApps(['koa'], '/', 'koa'))
    expect(answers?.orders).toMatchObject({ body: '{"at":1}', contentLength: 8, json: { value: { at: 1 }, mayChange: ['/at'] } })
  })

  it('may be written out among the options', () => {
    const [written] = optionsOf([echo]).ownEndpoints
    const given = { endpoints: ['hello', 'echo'], ownEndpoints: [written!], baseline: 'koa' }
    const options = withOwnEndpoints(withDefaults(given, [], 1), folder)
    expect(options).toMatchObject({ ...given, givenEndpoints: null })
    const again = { ...given, ownEndpoints: [written!, { ...written!, id: 'hello' }] }
    expect(() => withOwnEndpoints(withDefaults(again, [], 1), folder)).toThrow(/two endpoints are called hello/)
  })

  it('leave options without files as they are', () => {
    const options = withDefaults({ endpoints: ['hello'] }, [], 1)
    expect(withOwnEndpoints(options, folder)).toBe(options)
    expect(planOf(options, resolveApps([], '/'))).not.toHaveProperty('answers')
  })

  it.each<[string, unknown[], string[] | undefined, string | undefined, RegExp]>([
    ['need a baseline that answers them', [echo], undefined, 'node-http', /node-http does not answer your own endpoints/],
    ['have names of their own', [{ ...echo, id: 'hello' }], undefined, undefined, /two endpoints are called hello/],
    ['are not asked for twice', [echo], ['./mine.json', 'mine.json'], undefined, /two endpoints are called echo/],
    ['are named once in a file', [echo, echo], undefined, undefined, /two endpoints are called echo/],
    [
      'tell a mistake with line and field',
      [{ ...echo, request: { path: 'echo' } }],
      undefined,
      undefined,
      /mine\.json:6: endpoints\.0\.request\.path: /,
    ],
    ['are at least one', [], undefined, undefined, /endpoints: /],
    ['expect bytes or JSON', [{ ...echo, expect: {} }], undefined, undefined, /endpoints\.0\.expect: needs body or json/],
    ['expect not both', [{ ...echo, expect: { body: '1', json: 1 } }], undefined, undefined, /expect: needs body or json/],
    [
      'change in JSON only',
      [{ ...echo, expect: { body: '1', mayChange: ['/a'] } }],
      undefined,
      undefined,
      /mayChange is about json/,
    ],
    ['change at places', [{ ...echo, expect: { json: 1, mayChange: ['a'] } }], undefined, undefined, /mayChange\.0: /],
  ])('%s', (_what, endpoints, given, baseline, sentence) => {
    expect(() => optionsOf(endpoints, given, baseline)).toThrow(UserError)
    expect(() => optionsOf(endpoints, given, baseline)).toThrow(sentence)
  })
})
