import { bareFrameworks, type FrameworkId, type PieceId, pieceSources } from '../../../apps/middleware/pieces.ts'
import { variantId } from '../../result/ids.ts'

/** How single pieces are measured: with nothing else, over the defaults; or after all that come before it, over these. */
export type PieceStep = 'alone' | 'added'

/** One more piece, and what it is compared with; ids of the plan. */
export interface Step {
  readonly id: string
  readonly over: string
}

export type PlannedFramework = ReturnType<typeof planFramework>

const BARE = 'bare'
const ALL = 'all'

/**
 * The sets of pieces that a framework is measured with; ids of the plan. What is the same set is measured once: the first piece alone is
 * the first one added, and the last one added completes the set. `bare` is null where there is nothing to switch off; `made` are the sets
 * that have to be made, by key, null being bare: its defaults are the app itself. A piece that is not added is there already.
 */
export function planFramework(framework: FrameworkId, wanted: readonly PieceId[], steps: readonly PieceStep[]) {
  const added = wanted.filter((piece) => pieceSources[framework][piece].added)
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
  const step = (how: PieceStep, over: readonly PieceId[], piece: PieceId): Step | null =>
    steps.includes(how) ? { over: withPieces(over), id: withPieces([...over, piece]) } : null
  const pieces = wanted.map((piece) => {
    const place = added.indexOf(piece)
    if (place < 0) return { piece, isAdded: false, alone: null, added: null }
    return { piece, isAdded: true, alone: step('alone', [], piece), added: step('added', added.slice(0, place), piece) }
  })
  const bare = hasBare ? variantId(framework, BARE) : null
  return { framework, bare, defaults: framework, whole: withPieces(added), pieces, made }
}
