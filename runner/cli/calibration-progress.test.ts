import { describe, expect, test } from 'vitest'
import type { CalibrationProgress } from '../questions/calibration/part.ts'
import { createCalibrationProgress } from './progress.ts'

const clear = '\r\u001b[2K'
const standing: CalibrationProgress = {
  ...{ part: 'planted', title: 'known work', partShare: 0.42, sentence: 'run 2 of known work, on koa, round 3 of 12' },
  ...{ elapsedSeconds: 1265, secondsLeft: 2400 },
}

function reporter(isTTY: boolean) {
  const written: string[] = []
  const stream = { isTTY, columns: 160, write: (text: string) => written.push(text) }
  return { written, shown: createCalibrationProgress(stream, { now: () => 0, environment: {} }) }
}

describe('on a terminal', () => {
  test('a line per part that stays, and below it one that is rewritten', () => {
    const { written, shown } = reporter(true)
    shown.partStarted(standing)
    shown.progress(standing)
    shown.remark('known work: what was planted took its time within ±0.4 %')
    shown.stop()
    expect(written).toEqual([
      'known work: begun after 21 min 05 s, about 40 min 00 s left\n',
      `${clear}known work [####------] 21 min 05 s, about 40 min 00 s left: run 2 of known work, on koa, round 3 of 12`,
      clear,
      'known work: what was planted took its time within ±0.4 %\n',
    ])
  })
})

describe('elsewhere', () => {
  test('a line at the start of a part, and one a minute', () => {
    const { written, shown } = reporter(false)
    shown.partStarted(standing)
    for (let second = 0; second < 150; second++) shown.progress({ ...standing, elapsedSeconds: 1265 + second })
    shown.stop()
    expect(written).toEqual([
      'known work: begun after 21 min 05 s, about 40 min 00 s left\n',
      'known work [####------] 22 min 05 s, about 40 min 00 s left: run 2 of known work, on koa, round 3 of 12\n',
      'known work [####------] 23 min 05 s, about 40 min 00 s left: run 2 of known work, on koa, round 3 of 12\n',
    ])
  })

  test('what an app has put into a sentence does not steer the terminal', () => {
    const { written, shown } = reporter(false)
    shown.remark('koa is out: \u001b[2Jgone\nnew line')
    shown.partStarted({ ...standing, elapsedSeconds: 0 })
    shown.progress({ ...standing, elapsedSeconds: 100, sentence: 'run\u001b[31m of\nkoa' })
    expect(written.join('')).not.toContain('\u001b')
    expect(written).toHaveLength(3)
    for (const line of written) expect(line.slice(0, -1)).not.toContain('\n')
  })
})
