import { describe, expect, test } from 'vitest'
import type { Progress, RoundSummary } from '../measure/rig.ts'
import { createProgress } from './progress.ts'

const progress: Progress = {
  ...{ phase: 'measure', round: 3, expectedRounds: 8, roundShare: 0.42, elapsedSeconds: 65, secondsLeft: 125 },
}
const summary: RoundSummary = {
  ...{ round: 3, expectedRounds: 8, elapsedSeconds: 65, secondsLeft: 125 },
  ...{ widestHalfWidthPercent: 1.83, widestCell: 'express lookup', precisionPercent: 1 },
}
const clear = '\r\u001b[2K'

function reporter({ isTTY = true, columns = 120, environment = {} }: Setup = {}) {
  const written: string[] = []
  const clock = { milliseconds: 1000 }
  const stream = { isTTY, columns, write: (text: string) => written.push(text) }
  return { written, clock, stream, progress: createProgress(stream, { now: () => clock.milliseconds, environment }) }
}

interface Setup {
  isTTY?: boolean
  columns?: number
  environment?: { NO_COLOR?: string; TERM?: string }
}

describe('on a terminal', () => {
  test('one line is rewritten', () => {
    const { written, clock, progress: shown } = reporter()
    shown.progress({ ...progress, round: 0, phase: 'preflight', expectedRounds: null, secondsLeft: null })
    clock.milliseconds += 1000
    shown.progress(progress)
    shown.roundFinished(summary)
    clock.milliseconds += 1000
    shown.progress({ ...progress, roundShare: 2 })
    expect(written).toEqual([
      `${clear}[####------] checking, 1 min 05 s`,
      `${clear}round 3 of ~8 [####------] measuring, 1 min 05 s, about 2 min 05 s left`,
      `${clear}round 3 of ~8 [##########] measuring, 1 min 05 s, about 2 min 05 s left, widest interval ±1.8 % (express lookup)`,
    ])
  })

  test('a given number of rounds is not a guess', () => {
    const { written, progress: shown } = reporter()
    shown.roundFinished({ ...summary, precisionPercent: null })
    shown.progress(progress)
    expect(written[0]).toContain('round 3 of 8 [')
  })

  test('at most five updates a second', () => {
    const { written, clock, progress: shown } = reporter()
    for (let millisecond = 0; millisecond < 1000; millisecond += 1) {
      shown.progress(progress)
      clock.milliseconds += 1
    }
    expect(written).toHaveLength(5)
  })

  test('the line never reaches the last column, however the window changes', () => {
    const { written, clock, stream, progress: shown } = reporter({ columns: 40 })
    shown.progress(progress)
    stream.columns = 20
    clock.milliseconds += 1000
    shown.progress(progress)
    expect(written.map((text) => text.replace(clear, '').length)).toEqual([39, 19])
  })

  test('remarks and failures get lines of their own above it', () => {
    const { written, progress: shown } = reporter({ environment: { NO_COLOR: '1' } })
    shown.remark('First.')
    shown.progress(progress)
    shown.remark('Second\u001b[2J\nline.')
    shown.appFailed('koa', 'exited', 'run it alone')
    expect(written.filter((text) => !text.includes('round'))).toEqual([
      'First.\n',
      clear,
      'Second line.\n',
      'koa failed: exited (run it alone)\n',
    ])
  })

  test('stop clears the line once and for all', () => {
    const { written, clock, progress: shown } = reporter()
    shown.progress(progress)
    shown.stop()
    shown.stop()
    clock.milliseconds += 1000
    shown.progress(progress)
    expect(written.slice(1)).toEqual([clear])
  })

  test('stop writes nothing when nothing was shown', () => {
    const { written, progress: shown } = reporter()
    shown.stop()
    expect(written).toEqual([])
  })

  test('failures are coloured unless NO_COLOR is set', () => {
    const failure = (environment: Setup['environment'], isTTY = true) => {
      const { written, progress: shown } = reporter({ environment, isTTY })
      shown.appFailed('koa', 'exited', null)
      return written.join('')
    }
    expect(failure({})).toBe('\u001b[33mkoa failed: exited\u001b[39m\n')
    expect(failure({ NO_COLOR: '' })).toContain('\u001b[33m')
    expect(failure({ NO_COLOR: '1' })).toBe('koa failed: exited\n')
    expect(failure({}, false)).toBe('koa failed: exited\n')
  })
})

describe.each([
  ['a file', { isTTY: false }],
  ['a dumb terminal', { environment: { TERM: 'dumb' } }],
])('on %s', (_, setup) => {
  test('one plain line per round and nothing else', () => {
    const { written, clock, progress: shown } = reporter(setup)
    for (let second = 0; second < 10; second += 1) {
      shown.progress(progress)
      clock.milliseconds += 1000
    }
    shown.roundFinished(summary)
    shown.roundFinished({
      ...summary,
      round: 1,
      expectedRounds: null,
      secondsLeft: null,
      widestHalfWidthPercent: null,
      widestCell: null,
    })
    shown.roundFinished({ ...summary, precisionPercent: null })
    shown.stop()
    expect(written).toEqual([
      'round 3 of ~8: 1 min 05 s elapsed, about 2 min 05 s left, widest interval ±1.8 % (express lookup), aiming for ±1.0 %\n',
      'round 1: 1 min 05 s elapsed, widest interval not known yet, aiming for ±1.0 %\n',
      'round 3 of 8: 1 min 05 s elapsed, about 2 min 05 s left, widest interval ±1.8 % (express lookup)\n',
    ])
  })
})
