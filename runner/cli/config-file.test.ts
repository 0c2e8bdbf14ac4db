import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { UserError } from '../result/errors.ts'
import { readConfig } from './config-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'config-'))
afterAll(() => rmSync(folder, { recursive: true }))

function read(text: string) {
  const path = join(folder, 'compare.json')
  writeFileSync(path, text)
  return readConfig(path)
}

it('takes options as the command line does', () => {
  expect(read('{ "apps": ["koa@2", "./mine"], "endpoints": "hello,table", "maxMinutes": 2, "quick": true }')).toEqual({
    apps: ['koa@2', './mine'],
    endpoints: ['hello', 'table'],
    maxMinutes: 2,
    quick: true,
  })
  expect(read('{ "$schema": "x" }')).toEqual({})
})

it.each([
  ['{\n  "apps": ["koa"],\n  "endpoint": ["hello"]\n}', /compare\.json:3: endpoint: Unrecognized key/],
  ['{\n  "maxMinutes": "soon"\n}', /compare\.json: maxMinutes: --max-minutes takes a number from/],
  ['{\n  "quick": "yes"\n}', /compare\.json:2: quick: .*boolean/],
  ['{\n  "apps": []\n}', /compare\.json:2: apps: /],
  ['{\n  "apps": ["koa"],\n}', /compare\.json:3: not JSON: /],
])('refuses %j with the place of the mistake', (text, sentence) => {
  expect(() => read(text)).toThrow(UserError)
  expect(() => read(text)).toThrow(sentence)
})

it('says what cannot be read', () => {
  expect(() => readConfig(join(folder, 'nowhere.json'))).toThrow(/nowhere\.json: it cannot be read \(ENOENT\)/)
})
