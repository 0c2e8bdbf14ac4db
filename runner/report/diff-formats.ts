import type { RunDiff } from '../diff/diff-command.ts'
import { diffForPrograms, renderDiff, renderDiffMarkdown } from './diff-report.ts'
import { prettyJson } from './json.ts'

/** How two runs side by side can be shown. */
export const diffFormats = {
  text: renderDiff,
  md: renderDiffMarkdown,
  json: (diff: RunDiff) => prettyJson(diffForPrograms(diff)),
} as const satisfies Record<string, (diff: RunDiff) => string>

export type DiffFormat = keyof typeof diffFormats
export const diffFormatIds = Object.keys(diffFormats) as DiffFormat[]
