/**
 * Turns done in one call of `burnPortion`. In portions, because V8 makes poor code of one loop that it has to optimise while it is
 * running; long enough (some 2 µs) that what a call costs does not count.
 */
const PORTION = 250

/**
 * Uses CPU time and nothing else: a fixed number of turns of integer arithmetic without memory access, so that its time depends on
 * neither caches nor the garbage collector. Some 8 ns a turn on a server of 2023; how much it is here, `runner/questions/calibration/` measures.
 * @param turns whole number, 0 or more
 * @returns a checksum, the same for the same turns. Look at it: what nobody uses may be optimised away.
 */
export function burn(turns: number): number {
  let state = 1
  for (let left = turns; left > 0; left -= PORTION) state = burnPortion(state, Math.min(left, PORTION))
  return state
}

/**
 * Written out at length so that its bytecode (above 460 bytes) is too long to be inlined: V8 would put the loop into the quick code of
 * a caller that is not hot enough for the good code, and for its first seconds a server would take an eighth longer than planted.
 *
 * Four chains of steps at once (multipliers of MurmurHash3's finalizer, by Austin Appleby) fill the arithmetic units. A single chain
 * would leave them idle most of the time, and the processor would do the work that follows beside its end.
 */
function burnPortion(state: number, turns: number): number {
  let a = state
  let b = state ^ 0x55555555
  let c = state ^ 0x33333333
  let d = state ^ 0x0f0f0f0f
  for (let turn = 0; turn < turns; turn++) {
    a = (Math.imul(a ^ (a >>> 16), 0x85ebca6b) + 1) | 0
    b = (Math.imul(b ^ (b >>> 16), 0x85ebca6b) + 3) | 0
    c = (Math.imul(c ^ (c >>> 16), 0x85ebca6b) + 5) | 0
    d = (Math.imul(d ^ (d >>> 16), 0x85ebca6b) + 7) | 0
    a = (Math.imul(a ^ (a >>> 13), 0xc2b2ae35) + 1) | 0
    b = (Math.imul(b ^ (b >>> 13), 0xc2b2ae35) + 3) | 0
    c = (Math.imul(c ^ (c >>> 13), 0xc2b2ae35) + 5) | 0
    d = (Math.imul(d ^ (d >>> 13), 0xc2b2ae35) + 7) | 0
    a = (Math.imul(a ^ (a >>> 16), 0x85ebca6b) + 1) | 0
    b = (Math.imul(b ^ (b >>> 16), 0x85ebca6b) + 3) | 0
    c = (Math.imul(c ^ (c >>> 16), 0x85ebca6b) + 5) | 0
    d = (Math.imul(d ^ (d >>> 16), 0x85ebca6b) + 7) | 0
    a = (Math.imul(a ^ (a >>> 13), 0xc2b2ae35) + 1) | 0
    b = (Math.imul(b ^ (b >>> 13), 0xc2b2ae35) + 3) | 0
    c = (Math.imul(c ^ (c >>> 13), 0xc2b2ae35) + 5) | 0
    d = (Math.imul(d ^ (d >>> 13), 0xc2b2ae35) + 7) | 0
  }
  return (a + b + c + d) | 0
}
