/** Random numbers that are the same in every run; for the simulations in the tests beside this file. */
export interface Random {
  /** From 0 to below 1. */
  readonly uniform: () => number
  /** Standard normal. */
  readonly normal: () => number
}

/** Tommy Ettinger's mulberry32 for the uniform numbers, Box & Muller's transform (1958) for the normal ones. */
export function seededRandom(seed: number): Random {
  let state = seed
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), state | 1)
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32
  }
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return { uniform, normal }
}
