import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { openMeter, processTimeNs } from './process-tree.ts'

it('processTimeNs sums up a process and its descendants, in every form that ps prints', () => {
  const table = [
    '  1     0    0:09',
    ' 10     1    0:01.50',
    ' 11    10 00:00:02',
    ' 12    11 1-00:00:03',
    ' 13     1 10:00',
  ].join('\n')
  expect(processTimeNs(10, table)).toBe((1.5 + 2 + 86_403) * 1e9)
  expect(processTimeNs(13, table)).toBe(600e9)
  expect(processTimeNs(99, table)).toBe(0)
})

it('openMeter reads what a process and its children use', async () => {
  const child = spawn(process.execPath, ['-e', 'const end = Date.now() + 60_000; while (Date.now() < end);'], { stdio: 'ignore' })
  const meter = openMeter(child.pid!, [])
  try {
    const before = meter.read()
    await expect.poll(() => meter.read().cpuNs - before.cpuNs).toBeGreaterThan(30e6)
  } finally {
    meter.close()
    child.kill('SIGKILL')
  }
})
