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
        expect: { status: 200, headers: {}, body: 'ä' },
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
  ])('%s', (_what, endpoints, given, baseline, sentence) => {
    expect(() => optionsOf(endpoints, given, baseline)).toThrow(UserError)
    expect(() => optionsOf(endpoints, given, baseline)).toThrow(sentence)
  })
})
