import type { Pulse, PulseOrder } from '../driver.ts'
import { OpenLoop } from './open-loop.ts'
import type { PulsedTarget } from './target.ts'

const NANOSECONDS_PER_MILLISECOND = 1e6

/** How long a sleeping client waits between two looks at the clock; it wakes for every response in between. Milliseconds. */
const LOOK_MILLISECONDS = 1

/**
 * Opens the gate, keeps the event loop from sleeping while requests flow, closes the gate when the time is up, and resolves when
 * every request in flight has been answered (or has taken longer than the drain limit).
 *
 * A perpetual `setImmediate` turns the event loop's wait into a poll: a client that slept would have to be woken by the server's
 * write, and the server would be charged for it, the more often the slower the app.
 * An order that `sleeps` lets the event loop sleep between responses after all, to show what that does to a result. What the client waits
 * for cannot be told from its turns then, so `idleNs` is null. Requests that are due at a time of their own need a client that is awake.
 */
export function pulse(target: PulsedTarget, order: PulseOrder): Promise<Pulse> {
  const { promise, resolve, reject } = Promise.withResolvers<Pulse>()
  const openLoop = order.arrivals === undefined ? null : new OpenLoop(order.arrivals, order.milliseconds)
  const dozes = order.sleeps === true && openLoop === null
  const nextLook = dozes ? (look: () => void) => setTimeout(look, LOOK_MILLISECONDS) : setImmediate
  const { gate } = target
  let closedAt = 0
  let timeouts = 0
  let idle = 0
  let doneAtTick = 0
  const openedAt = performance.now()
  let tickAt = openedAt
  openLoop?.begin(openedAt)
  target.open(order.request, order.recordLatency, openLoop)

  const tick = () => {
    const sent = openLoop?.release(gate) ?? 0
    const now = performance.now()
    const done = target.rightAnswers + target.wrongAnswers + gate.connectionEvents
    // A turn of the loop in which nothing was done was waiting; the last turns before the first answer count as well.
    if (done === doneAtTick && sent === 0) idle += now - tickAt
    doneAtTick = done
    tickAt = now
    target.inPieces.look(now)
    if (gate.isOpen && (now - openedAt >= order.milliseconds || gate.broken)) {
      // What became due since the look above, a moment ago, is sent as well.
      openLoop?.release(gate)
      gate.close()
      closedAt = now
    }
    if (!gate.isOpen && gate.owed > 0 && now - closedAt >= order.drainLimitMilliseconds) timeouts += gate.abandon()
    if (gate.ownFault !== null) {
      reject(
        new Error(`it cannot open connections any more (${gate.ownFault}): ports, files or memory of this machine are used up`),
      )
    } else if (!gate.isOpen && gate.owed === 0) {
      resolve(result(now))
      target.startOver()
    } else nextLook(tick)
  }
  nextLook(tick)
  return promise

  function answeredNs(): number {
    return target.rightAnswers > 1 ? (target.lastAnswerAt - target.firstAnswerAt) * NANOSECONDS_PER_MILLISECOND : 0
  }

  function result(now: number): Pulse {
    const held = target.inPieces.take()
    const endedAt = target.rightAnswers > 0 && timeouts === 0 ? Math.max(target.lastAnswerAt, closedAt) : now
    return {
      requests: target.rightAnswers,
      elapsedNs: (endedAt - openedAt) * NANOSECONDS_PER_MILLISECOND,
      drainNs: (endedAt - closedAt) * NANOSECONDS_PER_MILLISECOND,
      ...steadyPart(target),
      drained: timeouts === 0 && !gate.broken,
      wrongAnswers: target.wrongAnswers,
      lost: gate.lost,
      timeouts,
      reconnects: gate.reconnects,
      broken: gate.broken,
      firstProblem: gate.firstProblem,
      idleNs: dozes ? null : idle * NANOSECONDS_PER_MILLISECOND,
      receivedBytes: target.receivedBytes,
      ...(held === null ? {} : { held }),
      ...(openLoop === null ? {} : { openLoop: openLoop.result(answeredNs()) }),
    }
  }
}

/**
 * Whole laps from the end of the first one to the end of the one in which the gate closes. A server may answer its connections one by one
 * or, like a proxy and an app that take turns on one CPU, all in a bunch: whole laps are whole turns either way. The last lap counts
 * although it ends after the gate has closed: leaving it out would leave out the slow ones, for these are mostly under way at any moment
 * (Feller's waiting time paradox; with two laps a slice and a noisy machine that made rates up to half too high).
 */
function steadyPart({ connections, lapAnswers, firstLapAt, lastLapAt }: PulsedTarget) {
  if (lapAnswers <= connections) return { steadyRequests: 0, steadyNs: 0 }
  return { steadyRequests: lapAnswers - connections, steadyNs: (lastLapAt - firstLapAt) * NANOSECONDS_PER_MILLISECOND }
}
