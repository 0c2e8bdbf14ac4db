// A child that does one kind of work on the CPU it was given, says what it used, and ends: node work-process.ts work|spin|loopback
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { WorkKind, WorkMessage } from './measure-machine.ts'
import { speedWork } from './speed-work.ts'

/** The first pass is compiled while it runs and is not counted; three more are long enough to be counted in microseconds. */
const COUNTED_PASSES = 3
/** Between two looks at whether the parent is still there. */
const SPIN_MILLISECONDS = 20
const LOOPBACK_MILLISECONDS = 1_000
const LOOPBACK_CONNECTIONS = 16

process.on('disconnect', () => process.exit())

const kinds: Readonly<Record<WorkKind, () => void>> = { work, spin, loopback }
kinds[process.argv[2] as WorkKind]()

function work(): void {
  speedWork()
  const start = process.cpuUsage()
  let checksum = 0
  for (let pass = 0; pass < COUNTED_PASSES; pass++) checksum = speedWork()
  tell({ cpuMicroseconds: usedSince(start), checksum })
}

/** Keeps the CPU busy until it is ended from outside. */
function spin(): void {
  const turn = () => {
    const end = performance.now() + SPIN_MILLISECONDS
    while (performance.now() < end);
    setImmediate(turn)
  }
  tell({ cpuMicroseconds: 0 })
  turn()
}

/** Sends small packets to itself, as fast as it can, and tells what this process has used since it was started. */
function loopback(): void {
  const echo = (socket: Socket) => socket.on('error', () => process.exit(1)).on('data', (data) => socket.write(data))
  const server = createServer(echo).listen(0, '127.0.0.1', () => {
    const { port } = server.address() as AddressInfo
    for (let count = 0; count < LOOPBACK_CONNECTIONS; count++) echo(connect(port, '127.0.0.1')).write('x')
    setTimeout(() => tell({ cpuMicroseconds: usedSince() }), LOOPBACK_MILLISECONDS)
  })
}

/** CPU time of all threads of this process, from another reading or from its start. */
function usedSince(start?: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(start)
  return user + system
}

function tell(message: WorkMessage): void {
  process.send?.(message)
}
