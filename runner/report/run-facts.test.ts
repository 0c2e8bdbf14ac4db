import { expect, it } from 'vitest'
import type { Result } from '../result.ts'
import { calmResult } from './fixture-result.ts'
import { runFacts } from './run-facts.ts'

const doctorLine = (poor: string[]) => {
  const result = calmResult()
  return runFacts({ ...result, environment: { ...result.environment, poor } }).find(({ name }) => name === 'doctor')?.text
}

it('poor points of the machine are counted, and not mentioned when there are none', () => {
  expect(doctorLine([])).toBeUndefined()
  expect(doctorLine(['turbo: on. It matters.'])).toBe('1 poor point of this machine (npm run doctor)')
  expect(doctorLine(['turbo: on. It matters.', 'clock: hpet. It matters.'])).toBe(
    '2 poor points of this machine (npm run doctor)',
  )
})

const loadLine = (result: Result) => runFacts(result).find(({ name }) => name === 'load')?.text

it('tells what cells were asked with, not the options', () => {
  const result = calmResult()
  Object.assign(result.options, { connections: 16, transport: 'unix' })
  expect(loadLine(result)).toBe('autocannon 9.0.0, 8 connections over tcp, seed 42')
  result.cells[0]!.load.connections = 128
  result.cells[1]!.deployment.transport = 'unix'
  expect(loadLine(result)).toBe('autocannon 9.0.0, 8 to 128 connections over tcp and unix, seed 42')
  expect(loadLine({ ...result, cells: [] })).toBe('autocannon 9.0.0, 16 connections over unix, seed 42')
})
