import type { Writable } from 'node:stream'
import type { TerminalOptions } from '../report/terminal.ts'
import { plainText } from '../result/plain-text.ts'

/** What a command ends with; a mistake in the call or trouble of the machine brings its own (`errors.ts`). */
export const EXIT = { valid: 0, notValid: 1, usage: 2, interrupted: 130 } as const

const LONGEST_SENTENCE = 1000
const WIDTH_WITHOUT_TERMINAL = 160

/** What stdout is able to show. */
export function terminalOptions(): TerminalOptions {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR
  return { colour, width: process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL }
}

/** On stdout: for programs too. */
export function writeLines(lines: readonly string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}

/** On stderr, each on a line of its own: what a user or an app has put into a text must not steer the terminal. */
export function writeError(...sentences: readonly string[]): void {
  for (const sentence of sentences) process.stderr.write(`${plainText(sentence, LONGEST_SENTENCE)}\n`)
}

/**
 * A reader that has seen enough closes the pipe, as `head` does: what is written after that is left out, and the command goes on to its
 * own end, with the exit status it would have had. A run that is measured keeps its results.
 * @param failed called when a stream cannot be written for another reason, such as a full disk
 */
export function allowUnread(streams: readonly Writable[], failed: (error: Error) => void): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') failed(error)
    })
  }
}
