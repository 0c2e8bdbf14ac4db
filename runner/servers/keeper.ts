// Entry of the one process of a run that ends all servers and removes their folders when the runner is gone, however that came about.
// It is told what to keep by lines of JSON on stdin; the end of stdin is the end of the runner.

import { createInterface } from 'node:readline'
import { endGroup, removeFolder } from './private-folder.ts'

/** What the runner tells: look after a server, or no longer. */
export interface KeeperOrder {
  /** Of its process group. */
  readonly pid: number
  readonly folder: string
  readonly keep: boolean
}

const kept = new Map<number, string>()

// Ctrl-C reaches every process of the terminal; which one stops when is the runner's decision.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { pid, folder, keep } = JSON.parse(line) as KeeperOrder
    if (keep) kept.set(pid, folder)
    else kept.delete(pid)
  })
  .on('close', () => {
    for (const [pid, folder] of kept) {
      endGroup(pid, folder)
      removeFolder(folder)
    }
    process.exit()
  })
