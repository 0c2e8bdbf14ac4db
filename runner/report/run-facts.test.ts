import { expect, it } from 'vitest'
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
