import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { calmResult } from '../fixtures/fixture-result.ts'
import { configOf, withDefaults } from '../measure/options.ts'
import { UserError } from '../result/errors.ts'
import { renderJson } from '../result/json.ts'
import { readConfig } from './config-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(text: string) {
  const path = join(folder, 'compare.json')
  writeFileSync(path, text)
  return readConfig(path)
}

const echo = {
  id: 'echo',
  request: { method: 'POST', path: '/echo', headers: {} },
  expect: { status: 200, headers: {}, json: 1, mayChange: [] },
}

describe('a file in place of a command line', () => {
  it('is taken as the command line is', async () => {
    expect(await read('{ "apps": ["koa@2", "./mine"], "endpoints": "hello,table", "maxMinutes": 2, "quick": true }')).toEqual({
      apps: ['koa@2', './mine'],
      endpoints: ['hello', 'table'],
      maxMinutes: 2,
      quick: true,
    })
    expect(await read('{ "$schema": "x" }')).toEqual({})
    expect(await read('{ "nodeFlags": "--a --b=1", "node": ["20", "22"] }')).toEqual({
      nodeFlags: ['--a', '--b=1'],
      node: ['node@20', 'node@22'],
    })
  })

  it('says more of an app than its name, and has endpoints written out', async () => {
    const koa = { app: 'koa', title: 'Koa, small heap', nodeFlags: ['--max-semi-space-size=1'], env: { A: '1' } }
    const given = { apps: ['express', koa], endpoints: ['hello', echo], pair: { base: 'koa@2', head: koa } }
    expect(await read(JSON.stringify(given))).toEqual({ ...given, endpoints: ['hello', 'echo'], ownEndpoints: [echo] })
  })

  it.each([
    ['{\n  "apps": ["koa"],\n  "endpoint": ["hello"]\n}', /compare\.json:3: endpoint: Unrecognized key/],
    ['{\n  "maxMinutes": "soon"\n}', /compare\.json: maxMinutes: --max-minutes takes a number from/],
    ['{\n  "maxMinutes": [1]\n}', /compare\.json:2: maxMinutes: /],
    ['{\n  "quick": "yes"\n}', /compare\.json:2: quick: .*boolean/],
    ['{\n  "apps": []\n}', /compare\.json:2: apps: /],
    ['{\n  "apps": [{ "app": "koa", "flag": 1 }]\n}', /compare\.json:2: apps/],
    ['{\n  "nodeFlags": ["no-opt"]\n}', /compare\.json: nodeFlags: --node-flags takes flags of Node/],
    ['{\n  "apps": ["koa"],\n}', /compare\.json:3: not JSON: /],
  ])('refuses %j with the place of the mistake', async (text, sentence) => {
    await expect(read(text)).rejects.toThrow(UserError)
    await expect(read(text)).rejects.toThrow(sentence)
  })

  it('says what cannot be read', async () => {
    await expect(readConfig(join(folder, 'nowhere.json'))).rejects.toThrow(/nowhere\.json: it cannot be read \(ENOENT\)/)
  })
})

describe('a result in place of such a file', () => {
  const keep = (config: Record<string, unknown> | null) => {
    const path = join(folder, 'earlier.json')
    writeFileSync(path, renderJson({ ...calmResult(), config }))
    return readConfig(path)
  }

  it('asks for the same again, endpoints and apps written out', async () => {
    const koa = { app: 'koa', env: { A: '1' } }
    const options = {
      ...withDefaults({ apps: [koa], endpoints: ['hello', 'echo'], rounds: 3, baseline: 'hono' }, [], 7),
      ownEndpoints: [echo as never],
    }
    const { out, json, slice, lanes, blocks, warmUp, nodeFlags, givenEndpoints, ...asked } = options
    expect(await keep(configOf(options, {}))).toEqual(asked)
    expect(await keep(configOf(options, { pair: { base: 'koa', head: koa }, failOn: 1 }))).toMatchObject({
      failOn: 1,
      pair: { head: koa },
    })
  })

  it('has to know what it was asked for', async () => {
    await expect(keep(null)).rejects.toThrow(/does not hold what it was asked for/)
  })
})
