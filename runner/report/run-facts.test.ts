import { expect, it } from 'vitest'
import { calmResult } from '../fixtures/fixture-result.ts'
import type { Result } from '../result/model.ts'
import { runFacts } from './run-facts.ts'

const doctorLine = (poor: string[]) => {
  const result = calmResult()
  return runFacts({ ...result, environment: { ...result.environment, poor } }).find(({ name }) => name === 'doctor')?.text
}

it('the CPU is described as far as it is known, and not at all where nothing is', () => {
  const result = calmResult()
  const cpuLine = (change: Partial<typeof result.environment>) =>
    runFacts({ ...result, environment: { ...result.environment, ...change } }).find(({ name }) => name === 'CPU')?.text
  expect(cpuLine({})).toBe(
    'GenuineIntel family 6 model 106 stepping 6, microcode 0xd0003a5, 1 mitigation, no hypervisor, clock tsc',
  )
  const cpu = { vendor: '0x41', family: '8', model: '0xd0c', stepping: 'r3p1', microcode: null, mitigations: null }
  expect(cpuLine({ cpu, hypervisor: 'Amazon EC2 c7g.large', clockSource: null })).toBe(
    '0x41 family 8 model 0xd0c stepping r3p1, hypervisor Amazon EC2 c7g.large',
  )
  expect(cpuLine({ cpu: null, hypervisor: null, clockSource: null })).toBeUndefined()
})

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
