const undoings = new Set<() => void>()
let watching = false

/**
 * Has something undone should the runner end before it was done in good order: at a second Ctrl-C, or by an error of its own. Children end
 * by themselves when they lose the runner, but not one that was stopped by a signal or never comes back to its event loop.
 * @param undo must not wait for anything: a process that exits has no turn of its event loop left
 * @returns to be called when there is nothing left to undo
 */
export function atExit(undo: () => void): () => void {
  if (!watching) process.on('exit', undoAll)
  watching = true
  undoings.add(undo)
  return () => void undoings.delete(undo)
}

function undoAll(): void {
  for (const undo of undoings) undo()
}
