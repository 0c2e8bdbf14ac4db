import type { TerminalOptions } from '../report/terminal.ts'

const WIDTH_WITHOUT_TERMINAL = 160

/** What stdout is able to show. */
export function terminalOptions(): TerminalOptions {
  const colour = process.stdout.isTTY === true && !process.env.NO_COLOR
  return { colour, width: process.stdout.columns ?? WIDTH_WITHOUT_TERMINAL }
}
