import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { fixtureResult } from '../fixtures/fixture-result.ts'
import { openRunFolder } from '../report/files.ts'
import { pointLatestTo } from './run-folder.ts'

let out: string
const link = () => join(out, 'latest')

beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'report-latest-'))
})

afterEach(() => rmSync(out, { recursive: true, force: true }))

function makeRun(name: string): string {
  mkdirSync(join(out, name))
  return join(out, name)
}

test('points to the last run, by a relative link, and leaves nothing else', async () => {
  expect(await pointLatestTo(out, makeRun('one'))).toBeNull()
  expect(readlinkSync(link())).toBe('one')
  expect(await pointLatestTo(out, makeRun('two'))).toBeNull()
  expect(readlinkSync(link())).toBe('two')
  expect(readdirSync(out).sort()).toEqual(['latest', 'one', 'two'])
})

test('is not there before there is a result', async () => {
  const folder = await openRunFolder(out, 'compare', new Date(0))
  expect(existsSync(link())).toBe(false)
  await folder.writeReports(fixtureResult())
  expect(readdirSync(link())).toContain('result.json')
  await folder.close()
})

test('a broken link is replaced', async () => {
  await pointLatestTo(out, join(out, 'gone'))
  expect(existsSync(link())).toBe(false)
  await pointLatestTo(out, makeRun('one'))
  expect(existsSync(link())).toBe(true)
})

test.each(['file', 'folder'])('a %s of that name is left alone, with a remark', async (kind) => {
  if (kind === 'file') writeFileSync(link(), 'mine')
  else mkdirSync(link())
  const run = makeRun('one')
  expect(await pointLatestTo(out, run)).toBe(`${link()} is a ${kind} of its own and was left alone; this run is in ${run}`)
  expect(lstatSync(link()).isSymbolicLink()).toBe(false)
  expect(readdirSync(out).sort()).toEqual(['latest', 'one'])
})

test('where links cannot be made the run goes on, with a remark', async () => {
  expect(await pointLatestTo('/proc', '/proc/run')).toMatch(
    /^\/proc\/latest could not be set \(.+\); this run is in \/proc\/run$/,
  )
})
