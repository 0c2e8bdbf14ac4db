import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { Examination, Fact } from '../../result/fact.ts'
import { displayWidth } from '../../result/plain-text.ts'
import { examinationVerdict, renderExamination } from './doctor.ts'

const cpus: Fact = {
  ...{ id: 'cpus', group: 'CPU', title: 'CPUs to use', value: '2 (0, 1)', grade: 'good', change: null },
  why: 'Servers and load generator need a CPU each.',
}
const turbo: Fact = {
  ...{ id: 'turbo', group: 'CPU', title: 'turbo', value: 'on', grade: 'poor', change: 'echo 1 | sudo tee /sys/no_turbo' },
  why: 'Turbo raises the clock rate while the machine is cool: the first rounds would be faster than the later ones.',
}
const wrk: Fact = {
  ...{ id: 'tool-wrk', group: 'software', title: 'wrk', value: 'not installed; optional', grade: 'unknown' },
  ...{ why: 'Only a cross-check needs it.', change: 'sudo apt-get install wrk' },
}

const examination: Examination = {
  ...{ format: 1, takenAt: '2026-11-21T09:30:05.000Z', seconds: 7.9, suiteVersion: '0.1.0', node: '24.21.0' },
  ...{ kernel: '6.1.0-28-amd64', cpuModel: 'Example CPU', fit: true, notFitBecause: null },
  facts: [cpus, turbo, wrk],
  speedScore: { version: 1, score: 98.62, low: 97.1, high: 100.4, processes: 7, cpuMilliseconds: 223.07 },
}

describe('renderExamination', () => {
  it('shows facts by group, and of poor ones why and what would change it', () => {
    expect(renderExamination(examination, { colour: false, width: 90 })).toMatchInlineSnapshot(`
      "CPU
        good     CPUs to use  2 (0, 1)
        poor     turbo        on
                              Turbo raises the clock rate while the machine is cool: the first
                              rounds would be faster than the later ones.
                              → echo 1 | sudo tee /sys/no_turbo

      software
        unknown  wrk          not installed; optional
                              → sudo apt-get install wrk

      speed
        99 [97, 100]: fixed work in plain JavaScript (version 1) took 223 ms of CPU time,
        median, slowest and fastest of 7 fresh processes; more is faster

      Verdict: fit with 1 poor point: turbo.
      "
    `)
  })

  it.each([40, 60, 80, 160])('keeps to %i columns, but for commands', (width) => {
    const lines = renderExamination(examination, { colour: false, width }).split('\n')
    for (const line of lines) if (!line.includes('→')) expect(displayWidth(line)).toBeLessThanOrEqual(Math.max(48, width))
    expect(lines.filter((line) => line.endsWith('→ echo 1 | sudo tee /sys/no_turbo'))).toHaveLength(1)
  })

  it('is the same text in colour', () => {
    const coloured = renderExamination(examination, { colour: true, width: 90 })
    expect(coloured).toContain('\u001b[33mpoor')
    expect(stripVTControlCharacters(coloured)).toBe(renderExamination(examination, { colour: false, width: 90 }))
  })

  it('passes on nothing that steers a terminal', () => {
    const attack = 'a\u001b[2J\u0007\nb\u202e'
    const hostile = { ...turbo, value: attack, change: attack, title: attack }
    const text = renderExamination(
      { ...examination, fit: false, notFitBecause: attack, facts: [hostile] },
      { colour: false, width: 90 },
    )
    expect(text.replaceAll('\n', '')).toMatch(/^[^\p{Cc}\p{Cf}]+$/u)
    expect(text).toContain('Verdict: not fit: a b.')
  })

  it('keeps a digit behind the point of a small score', () => {
    const slow = { ...examination.speedScore, score: 4.26, low: 4, high: 12.3 }
    expect(renderExamination({ ...examination, speedScore: slow }, { colour: false, width: 90 })).toContain('4.3 [4.0, 12]')
  })
})

describe('the verdict', () => {
  it.each<[string, Partial<Examination>, string]>([
    ['without a poor point', { facts: [cpus, wrk] }, 'fit.'],
    ['with one', {}, 'fit with 1 poor point: turbo.'],
    ['with several', { facts: [turbo, { ...cpus, grade: 'poor' }] }, 'fit with 2 poor points: turbo and CPUs to use.'],
    ['not fit', { fit: false, notFitBecause: 'there is only one CPU' }, 'not fit: there is only one CPU.'],
  ])('%s', (_, changes, verdict) => expect(examinationVerdict({ ...examination, ...changes })).toBe(verdict))
})
