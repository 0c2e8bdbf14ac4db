import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A seeded source of randomness; the same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  float(): number
  /** Uniform whole number from `low` to `high`, both included. */
  integer(low: number, high: number): number
  /** A new array with the same members in random order (Fisher-Yates). */
  shuffle<T>(members: readonly T[]): T[]
}

/**
 * @param seed whole number, 32 bits are used.
 * @param stream streams of one seed are independent of each other: round 7 is the same whether or not rounds 1-6 were drawn.
 */
export function seededRandom(seed: number, stream = 0): Random {
  // Multiplying by the 32-bit golden ratio spreads neighbouring streams over the whole range of seeds.
  const generator = xoroshiro128plus((seed ^ Math.imul(stream + 1, 0x9e3779b9)) | 0)
  for (let warmUp = 0; warmUp < 16; warmUp++) uniformInt(generator, 0, 1)
  const integer = (low: number, high: number) => uniformInt(generator, low, high)
  return {
    float: () => uniformFloat64(generator),
    integer,
    shuffle: (members) => {
      const shuffled = [...members]
      for (let last = shuffled.length - 1; last > 0; last--) {
        const other = integer(0, last)
        ;[shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!]
      }
      return shuffled
    },
  }
}
