import { expect, it } from 'vitest'
import { scoreOf } from './measure-machine.ts'
import { SPEED_WORK_CHECKSUM, SPEED_WORK_VERSION, speedWork } from './speed-work.ts'

it('the work comes to the same checksum every time: another one is another work, which needs another version', () => {
  expect([speedWork(), speedWork()]).toEqual([SPEED_WORK_CHECKSUM, SPEED_WORK_CHECKSUM])
  expect([SPEED_WORK_VERSION, SPEED_WORK_CHECKSUM]).toEqual([1, 3_075_959_577])
})

it('the score is 100 × reference ÷ median, low is the slowest process', () => {
  // Reference 220 ms: 110 ms is twice as fast, 440 ms half as fast.
  expect(scoreOf([110_000, 440_000, 220_000])).toEqual({
    ...{ version: 1, score: 100, low: 50, high: 200 },
    ...{ processes: 3, cpuMilliseconds: 220 },
  })
  expect(scoreOf([275_000])).toMatchObject({ score: 80, low: 80, high: 80, processes: 1 })
})
