import type { RunDiff } from './diff/diff-command.ts'

const report = () => import('./diff-report.ts')

/** How two runs side by side can be shown. What makes one is loaded with it: `--help` needs the names alone. */
export const diffFormats = {
  text: async (diff) => (await report()).renderDiff(diff),
  md: async (diff) => (await report()).renderDiffMarkdown(diff),
  json: async (diff) => (await report()).renderDiffJson(diff),
} as const satisfies Record<string, (diff: RunDiff) => Promise<string>>

export type DiffFormat = keyof typeof diffFormats
export const diffFormatIds = Object.keys(diffFormats) as DiffFormat[]
