// Entry of the one process of a run that ends all servers and removes their folders when the runner is gone, however that came about.
// It is told what to keep by lines of JSON on stdin; the end of stdin is the end of the runner.

import { createInterface } from 'node:readline'
import { deleteFolder, endGroup } from './end-group.ts'

/** What the runner tells: look after a private folder and the server in it, or no longer. */
export interface KeeperOrder {
  readonly folder: string
  /** Of the server's process group; absent: none has been started yet. */
  readonly pid?: number
  readonly keep: boolean
}

const kept = new Map<string, number | undefined>()

// Ctrl-C reaches every process of the terminal; which one stops when is the runner's decision.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { pid, folder, keep } = JSON.parse(line) as KeeperOrder
    if (keep) kept.set(folder, pid)
    else kept.delete(folder)
  })
  .on('close', () => {
    for (const [folder, pid] of kept) {
      if (pid !== undefined) endGroup(pid, folder)
      deleteFolder(folder)
    }
    process.exit()
  })
