import { bareFrameworks, type FrameworkId, type PieceId, pieceSources } from '../../../apps/middleware/pieces.ts'
import { variantId } from '../../result/ids.ts'

/** How single pieces are measured. */
export type PieceStep = 'alone' | 'added'

/** One more piece, and what it is compared with; ids of the plan. */
export interface Step {
  readonly id: string
  readonly over: string
}

/** What is measured of one piece in one framework. */
export interface PlannedPiece {
  readonly piece: PieceId
  /** False: it is there already. */
  readonly isAdded: boolean
  /** With nothing else, over the defaults. */
  readonly alone: Step | null
  /** After all that come before it, over these. */
  readonly added: Step | null
}

/** What is measured of one framework; ids of the plan. */
export interface PlannedFramework {
  readonly framework: FrameworkId
  /** null: there is nothing to switch off. */
  readonly bare: string | null
  readonly defaults: string
  /** With all the pieces that can be added. */
  readonly whole: string
  readonly pieces: readonly PlannedPiece[]
  /** What has to be made for it: by key, the pieces; null: bare. Its defaults are the app itself. */
  readonly made: ReadonlyMap<string, readonly PieceId[] | null>
}

const BARE = 'bare'
const ALL = 'all'

/**
 * The sets of pieces that a framework is measured with. What is the same set is measured once: the first piece alone is the first one
 * added, and the last one added completes the set.
 */
export function planFramework(framework: FrameworkId, wanted: readonly PieceId[], steps: readonly PieceStep[]): PlannedFramework {
  const sources = pieceSources[framework]
  const added = wanted.filter((piece) => sources[piece].added)
  const made = new Map<string, readonly PieceId[] | null>()
  const withPieces = (pieces: readonly PieceId[]): string => {
    if (pieces.length === 0) return framework
    const last = pieces.at(-1)!
    const key = pieces.length === 1 ? last : pieces.length === added.length ? ALL : `to-${last}`
    made.set(key, pieces)
    return variantId(framework, key)
  }
  const hasBare = bareFrameworks[framework] !== undefined
  if (hasBare) made.set(BARE, null)
  const pieces = wanted.map((piece): PlannedPiece => {
    const place = added.indexOf(piece)
    if (place < 0) return { piece, isAdded: false, alone: null, added: null }
    const before = () => withPieces(added.slice(0, place))
    return {
      piece,
      isAdded: true,
      alone: steps.includes('alone') ? { id: withPieces([piece]), over: framework } : null,
      added: steps.includes('added') ? { over: before(), id: withPieces(added.slice(0, place + 1)) } : null,
    }
  })
  return {
    framework,
    bare: hasBare ? variantId(framework, BARE) : null,
    defaults: framework,
    whole: withPieces(added),
    pieces,
    made,
  }
}
