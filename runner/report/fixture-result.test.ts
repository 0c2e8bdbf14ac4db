import { expect, test } from 'vitest'
import { Result } from '../result.ts'
import { calmResult, fixtureResult } from './fixture-result.ts'

test.each([
  ['the full result', fixtureResult()],
  ['the calm result', calmResult()],
])('%s fits the schema', (_, result) => {
  expect(Result.parse(result)).toEqual(result)
})
