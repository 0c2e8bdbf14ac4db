import { expect, it } from 'vitest'
import { machineOf } from '../fixtures/machines.ts'
import { readOnce } from './read-once.ts'

it('reads once of every machine, whatever it finds', () => {
  const [one, other] = [machineOf({ kernelRelease: '6.1.0', files: {} }), machineOf({ kernelRelease: '6.2.0', files: {} })]
  let readings = 0
  const found = readOnce(({ kernelRelease }) => {
    readings++
    return kernelRelease === '6.1.0' ? null : kernelRelease
  })
  expect([one, other, one, other].map(found)).toEqual([null, '6.2.0', null, '6.2.0'])
  expect(readings).toBe(2)
})
