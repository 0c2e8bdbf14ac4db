import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { simulation } from '../fixtures/simulated-run.ts'
import { type RunState, storeRound, UNSIZED } from '../measure/records.ts'
import { openRunFolder, reopenRunFolder } from '../report/files.ts'
import type { Result } from '../result/model.ts'
import { readStoppedRun, resumedOptions } from './resume.ts'

let out: string
let run: string
let resultFile: string
beforeEach(async () => {
  out = mkdtempSync(join(tmpdir(), 'stopped-'))
  run = await stoppedRun()
  resultFile = join(run, 'result.json')
})
afterEach(() => rmSync(out, { recursive: true }))

/** A simulated run that was interrupted after three rounds, as it is on the disk. */
async function stoppedRun(): Promise<string> {
  const lines: [Parameters<typeof storeRound>[0], object][] = []
  const simulated = simulation({
    rule: { rounds: 3, precision: null },
    plan: { blocksPerRound: 3 },
    afterRound: (record, state) => lines.push([record, storeRound(record, state, record.round * 1e9)]),
  })
  const record = await simulated.run()
  const folder = await openRunFolder(out, 'compare', new Date(0))
  for (const [round, stored] of lines) await folder.keepRound(round.slices, stored)
  await folder.writeReports(simulated.result({ ...record, stoppedBecause: 'interrupted' }))
  await folder.close()
  return folder.path
}

const edit = (change: object) =>
  writeFileSync(resultFile, JSON.stringify({ ...(JSON.parse(readFileSync(resultFile, 'utf8')) as Result), ...change }))
const stateOf = (lanes: number): RunState => ({ ...UNSIZED, preflight: [], failures: [], lanes, laneCheck: null })
const roundsIn = (name: string) =>
  new Set(
    gunzipSync(readFileSync(join(run, name)))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).round),
  )

describe('a stopped run', () => {
  it('comes back with its rounds, by its folder, its result or a link', async () => {
    const { records, repair } = await readStoppedRun(run, 'compare')
    expect(records.map(({ round }) => round)).toEqual([1, 2, 3])
    expect(repair).toBeNull()
    symlinkSync(run, join(out, 'by-a-link'))
    for (const place of [resultFile, join(out, 'by-a-link'), join(out, 'latest')]) {
      expect((await readStoppedRun(place, 'compare')).folder).toBe(run)
    }
  })

  it('comes back in the order in which its lanes finished, whatever numbers were never used', async () => {
    const { records, repair } = await readStoppedRun(run, 'compare')
    const [first, second, third] = records.map((record) => [record, storeRound(record, stateOf(2), 1e9)] as const)
    const folder = await openRunFolder(out, 'compare', new Date(60_000))
    const moved = { ...third![1], round: 4, lane: 1 }
    await folder.keepRound(second![0].slices, { ...second![1], lane: 1 })
    await folder.keepRound(first![0].slices, first![1])
    await folder.keepRound(
      third![0].slices.map((slice) => ({ ...slice, round: 4 })),
      moved,
    )
    await folder.close()
    copyFileSync(resultFile, join(folder.path, 'result.json'))
    const again = await readStoppedRun(folder.path, 'compare')
    expect(again.records.map(({ round, lane }) => [round, lane])).toEqual([
      [2, 1],
      [1, undefined],
      [4, 1],
    ])
    expect(again.records.every(({ slices, round }) => slices.length > 0 && slices.every((slice) => slice.round === round))).toBe(
      true,
    )
    expect([again.repair, repair]).toEqual([null, null])
    expect(resumedOptions(again, {}).lanes).toBe(2)
  })

  it.each([['samples.jsonl.gz'], ['rounds.jsonl.gz']])(
    'whose %s ends in the middle of an entry is made whole before anything is added',
    async (name) => {
      appendFileSync(join(run, name), gzipSync('{"round":4,"deployment":"koa"}\n').subarray(0, 25))
      const { records, repair } = await readStoppedRun(run, 'compare')
      expect(records).toHaveLength(3)
      expect(repair).not.toBeNull()
      const folder = await reopenRunFolder(run, repair)
      await folder.keepRound([{ ...records[0]!.slices[0]!, round: 4 }], { ...repair!.stored[2], round: 4 })
      await folder.close()
      for (const file of ['samples.jsonl.gz', 'rounds.jsonl.gz']) expect([...roundsIn(file)]).toEqual([1, 2, 3, 4])
      expect((await readStoppedRun(run, 'compare')).records).toHaveLength(4)
    },
  )

  it.each([
    ['cut off', () => writeFileSync(resultFile, readFileSync(resultFile, 'utf8').slice(0, 900)), 'result-not-json'],
    ['foreign', () => writeFileSync(resultFile, '{"name":"x"}'), 'result-foreign'],
    ['damaged', () => edit({ seed: 'x' }), 'result-damaged'],
    ['of a newer suite', () => edit({ format: 3 }), 'result-newer'],
    ['of an older suite', () => edit({ format: 0 }), 'result-older'],
    ['missing', () => rmSync(resultFile), 'no-run'],
    ['of a run that is finished', () => edit({ stoppedBecause: 'rounds' }), 'run-finished'],
  ])('whose result is %s is refused in one sentence, and left as it is', async (_what, damage, code) => {
    damage()
    const before = ['samples.jsonl.gz', 'rounds.jsonl.gz'].map((name) => readFileSync(join(run, name)))
    const error = await readStoppedRun(run, 'compare').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ name: 'UserError', code, exitStatus: 2, hint: expect.any(String) })
    expect((error as Error).message).not.toContain('\n')
    expect(['samples.jsonl.gz', 'rounds.jsonl.gz'].map((name) => readFileSync(join(run, name)))).toEqual(before)
  })

  it.each([
    ['no gzip', 'rounds.jsonl.gz', Buffer.from('plain text')],
    ['of others', 'rounds.jsonl.gz', gzipSync('{"round":1,"name":"x"}\n')],
    ['empty', 'samples.jsonl.gz', Buffer.alloc(0)],
  ])('whose rounds are %s is refused in one sentence', async (_what, name, bytes) => {
    writeFileSync(join(run, name), bytes)
    await expect(readStoppedRun(run, 'compare')).rejects.toMatchObject({ code: 'nothing-to-resume', exitStatus: 2 })
  })
})
