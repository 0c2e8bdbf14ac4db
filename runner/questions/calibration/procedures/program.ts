import { execFile } from 'node:child_process'
import { RunError } from '../../../result/errors.ts'

/** How much longer than it should a program may take until it is ended. */
const EXTRA_MILLISECONDS = 10_000
const LONGEST_PART_OF_OUTPUT = 300

/**
 * Runs a program to its end and returns what it wrote to stdout. It is killed when the signal aborts or when it takes far too long, and
 * has ended when this settles.
 * @param seconds how long it should take
 * @throws RunError when it cannot be started, fails or was killed; its last words are in the message
 */
export function runProgram(command: string, args: readonly string[], seconds: number, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const fail = (reason: string) => reject(new RunError('program-failed', `${command} ${reason}`))
  if (signal.aborted) {
    fail('was not started: the calibration was stopped')
    return promise
  }
  const limits = { timeout: seconds * 1000 + EXTRA_MILLISECONDS, killSignal: 'SIGKILL' } as const
  const child = execFile(command, args, { encoding: 'utf8', ...limits }, (error, stdout, stderr) => {
    signal.removeEventListener('abort', kill)
    if (error === null) return resolve(stdout)
    const words = stderr.trim().slice(-LONGEST_PART_OF_OUTPUT)
    if (error.killed) fail(signal.aborted ? 'was stopped' : `did not end within ${limits.timeout / 1000} s`)
    else if (typeof error.code === 'number') fail(`ended with exit code ${error.code}${words && `: ${words}`}`)
    else fail(`could not be run: ${error.message}`)
  })
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill, { once: true })
  return promise
}
