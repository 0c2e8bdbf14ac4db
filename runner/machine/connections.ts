import { readlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Address } from '../../apps/address.ts'
import { namesIn, readText } from './procfs.ts'

/** States of a socket that talks to somebody: /proc/net/tcp (TCP_ESTABLISHED) and /proc/net/unix (SS_CONNECTED). */
const ESTABLISHED = '01'
const CONNECTED = '03'
const LISTENING = '0A'

/** How many connections to an address every one of some processes has open; null where there is no procfs. */
export function openConnections(address: Address, pids: readonly number[]): number[] | null {
  const accepted = address.transport === 'unix' ? acceptedUnix(address.path) : socketsAt(address.port, ESTABLISHED)
  return accepted && pids.map((pid) => socketsOf(pid).filter((inode) => accepted.has(inode)).length)
}

/** Whether one of some processes listens at a TCP port; null where there is no procfs. */
export function isListening(port: number, pids: readonly number[]): boolean | null {
  const listening = socketsAt(port, LISTENING)
  return listening && pids.some((pid) => socketsOf(pid).some((inode) => listening.has(inode)))
}

/** Inodes of the sockets that a process holds; none of one that is gone. */
export function socketsOf(pid: number): string[] {
  return namesIn(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]
      return inode === undefined ? [] : [inode]
    } catch {
      // It was closed meanwhile.
      return []
    }
  })
}

/** Inodes of the sockets of a state on the server's side of a port: their local port is that. */
function socketsAt(port: number, wanted: string): Set<string> | null {
  const own = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return inodesIn('/proc/net/tcp', 9, ([, local, , state]) => local?.endsWith(own) === true && state === wanted)
}

/**
 * Sockets that were accepted have the path of the one that listens; those of the other side have none. node:cluster makes a path relative
 * where that is shorter; servers are in the folder that the runner is in.
 */
function acceptedUnix(path: string): Set<string> | null {
  const isThere = (bound: string | undefined) => bound !== undefined && resolve(bound) === path
  return inodesIn('/proc/net/unix', 6, (columns) => isThere(columns[7]) && columns[5] === CONNECTED)
}

function inodesIn(table: string, column: number, isWanted: (columns: readonly string[]) => boolean): Set<string> | null {
  const rows = readText(table)
    ?.split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
  return rows === undefined ? null : new Set(rows.filter(isWanted).map((columns) => columns[column] ?? ''))
}
