import type { Address } from '../../apps/address.ts'
import type { Files } from './private-folder.ts'

/** Where a program is told to listen, and the private folder that is its own and goes with it. */
export interface Place {
  readonly listen: Address
  readonly folder: string
}

/** What is executed. */
export interface Command {
  /** No shell; the first one is found in PATH or absolute. It stays in the foreground. */
  readonly argv: readonly string[]
  /** Beside the few variables that every server has. */
  readonly environment?: Readonly<Record<string, string>>
  /** Written into the private folder before it starts. */
  readonly files?: Files
}

/** A program that listens where it is told: a Node module of ours is one case, nginx another. */
export interface Program {
  /** For messages. */
  readonly name: string
  readonly transport: Address['transport']
  command(place: Place): Command
  /** Processes that answer, each of them a child of the one that is started; 0: that one answers itself. */
  readonly workers: number
  /** Whether all of its workers can answer, once the first answer has come; absent: the answer is enough. */
  isComplete?(pid: number, lastLines: readonly string[], place: Pick<Place, 'listen'>): boolean
  /** How to start it by hand. */
  readonly hint: string | null
}

/** Where a program listens, for its environment: `HOST` and `PORT`, or `SOCKET`. */
export function addressVariables(listen: Address): Record<string, string> {
  return listen.transport === 'unix' ? { SOCKET: listen.path } : { HOST: listen.host, PORT: String(listen.port) }
}
