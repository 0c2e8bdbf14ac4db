import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Slice } from '../measure/records.ts'
import { type JsonLinesFile, openJsonLinesFile } from './json-lines.ts'

/** Several times what is kept in memory. */
const many = 40_000

let folder: string
let path: string
let samples: JsonLinesFile<Slice>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'report-samples-'))
  path = join(folder, 'samples.jsonl.gz')
  samples = await openJsonLinesFile<Slice>(path)
})

afterEach(async () => {
  await samples.close().catch(() => {})
  rmSync(folder, { recursive: true, force: true })
})

function slice(block: number): Slice {
  return { round: 1, block, endpoint: 'hello', deployment: 'koa', requests: 321 } as Slice
}

function written(): { block: number }[] {
  const lines = gunzipSync(readFileSync(path)).toString().split('\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) => JSON.parse(line))
}

test('are readable up to the last flush while the run goes on', async () => {
  samples.append(slice(0))
  samples.append(slice(1))
  await samples.flush()
  samples.append(slice(2))
  expect(written()).toEqual([slice(0), slice(1)])
  await samples.flush()
  await samples.flush()
  expect(written().map(({ block }) => block)).toEqual([0, 1, 2])
})

test('go on where an earlier run stopped', async () => {
  samples.append(slice(0))
  await samples.close()
  samples = await openJsonLinesFile<Slice>(path)
  samples.append(slice(1))
  await samples.flush()
  expect(written().map(({ block }) => block)).toEqual([0, 1])
})

test('are all there after closing, in their order, however many', async () => {
  for (let block = 0; block < many; block += 1) samples.append(slice(block))
  await samples.close()
  const blocks = written().map(({ block }) => block)
  expect(blocks).toHaveLength(many)
  expect(blocks.every((block, index) => block === index)).toBe(true)
})

test('are written without a flush before they fill the memory', async () => {
  for (let block = 0; block < many; block += 1) samples.append(slice(block))
  await expect.poll(() => statSync(path).size).toBeGreaterThan(0)
})

test('a failure to write is told at every flush after it', async () => {
  await samples.close()
  samples.append(slice(0))
  await expect(samples.flush()).rejects.toThrow()
  await expect(samples.flush()).rejects.toThrow()
})
