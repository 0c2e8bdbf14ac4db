import { EXIT } from '../output.ts'

const SAME_KEY_MILLISECONDS = 300

/** What is told of a command that takes its time. */
interface Reporter {
  remark(sentence: string): void
  progress(progress: never): void
  stop(): void
}

/** What such a command is given. */
interface Interruptible<Listener> {
  readonly cwd: string
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  readonly listener: Listener
  readonly freshSeed: number
  readonly startedAt: Date
}

/** Work that the first Ctrl-C asks to end and the second one ends. */
export async function interruptible<Listener extends Reporter, Outcome>(
  listener: Listener,
  work: (context: Interruptible<Listener>) => Promise<Outcome>,
): Promise<Outcome> {
  const controller = new AbortController()
  let interruptedAt = 0
  const interrupt = () => {
    const now = performance.now()
    // The second time at once: children end when they lose the runner. One Ctrl-C may arrive twice: from the terminal and from npm.
    if (controller.signal.aborted && now - interruptedAt < SAME_KEY_MILLISECONDS) return
    if (controller.signal.aborted) process.exit(EXIT.interrupted)
    interruptedAt = now
    controller.abort()
    listener.remark('stopping after this slice; press Ctrl-C again to stop at once')
  }
  const isAlone = lossOfShell()
  const watched = {
    ...listener,
    // Between slices: nothing else may be done in this process while one is open.
    progress(progress: never) {
      if (isAlone() && !controller.signal.aborted) interrupt()
      listener.progress(progress)
    },
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  try {
    const startedAt = new Date()
    const freshSeed = startedAt.getTime() >>> 0
    return await work({ cwd: process.cwd(), signal: controller.signal, listener: watched, freshSeed, startedAt })
  } finally {
    listener.stop()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

/**
 * npm passes SIGTERM to the shell that it has started, and ends with it. Most shells have become this process by then; the dash of Debian
 * and Ubuntu stays in between, and ends without passing the signal on. Then nobody waits for this run any more.
 * @returns whether that has happened
 */
function lossOfShell(): () => boolean {
  const parent = process.env.npm_lifecycle_event === undefined ? null : process.ppid
  return () => parent !== null && process.ppid !== parent
}
