import { describe, expect, it } from 'vitest'
import { isRunning, processesWith } from '../fixtures/processes.ts'
import { RunError } from '../result/errors.ts'
import { outputOfProgram } from './load-programs.ts'

const never = new AbortController().signal
const node = (script: string, signal = never) => outputOfProgram(process.execPath, ['-e', script], 1, signal)

describe('outputOfProgram', () => {
  it('returns what the program printed', async () => {
    expect(await node('console.log("a report")')).toBe('a report\n')
  })

  it('says how a program failed, with its last words', async () => {
    const failing = node('console.error("no such host"); process.exitCode = 3')
    await expect(failing).rejects.toThrow(RunError)
    await expect(failing).rejects.toThrow(/ended with exit code 3: no such host$/)
  })

  it('says that there is no such program', async () => {
    await expect(outputOfProgram('no-such-program', [], 1, never)).rejects.toThrow(/^no-such-program could not be run: .*ENOENT/)
  })

  it('has ended the program when it settles after an abort', async () => {
    const controller = new AbortController()
    const marker = `waits-for-abort-${process.pid}`
    const running = outputOfProgram(process.execPath, ['-e', 'setInterval(() => {}, 1000)', marker], 60, controller.signal)
    const settled = running.then(
      () => 'ended',
      (error: Error) => error.message,
    )
    await expect.poll(() => processesWith(marker).length).toBe(1)
    const [{ pid } = { pid: 0 }] = processesWith(marker)
    controller.abort()
    expect(await settled).toMatch(/was stopped$/)
    expect(isRunning(pid)).toBe(false)
  })

  it('starts nothing after an abort', async () => {
    await expect(outputOfProgram('no-such-program', [], 1, AbortSignal.abort())).rejects.toThrow(/was not started/)
  })
})
