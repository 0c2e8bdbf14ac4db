import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readSamples } from './records.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-samples-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const line = (round: number) => `${JSON.stringify({ round, deployment: 'koa', serverCpuNs: 1 })}\n`
const read = async (path: string) => {
  const rounds: number[] = []
  for await (const { round } of readSamples(path)) rounds.push(round)
  return rounds
}
const write = (bytes: Buffer) => {
  const path = join(folder, 'samples.jsonl.gz')
  writeFileSync(path, bytes)
  return path
}

it('reads the members of several flushes as one', async () => {
  expect(await read(write(Buffer.concat([gzipSync(line(1) + line(2)), gzipSync(line(3))])))).toEqual([1, 2, 3])
})

it('reads what there is of a file that was cut off', async () => {
  const whole = gzipSync(Array.from({ length: 5_000 }, (_, round) => line(round)).join(''), { level: 0 })
  const rounds = await read(write(whole.subarray(0, whole.length / 2)))
  expect(rounds.length).toBeGreaterThan(1_000)
  expect(rounds).toEqual(rounds.map((_, index) => index))
})

it('skips lines that are no samples', async () => {
  expect(await read(write(gzipSync(`${line(1)}{"half":\nnull\n"text"\n${line(2)}`)))).toEqual([1, 2])
})

it('finds nothing in a file that is missing, or no gzip', async () => {
  expect(await read(join(folder, 'nothing-here'))).toEqual([])
  expect(await read(write(Buffer.from('plain text')))).toEqual([])
})
