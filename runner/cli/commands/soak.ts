import { soak } from '../../questions/soak/soak.ts'
import { EXIT } from '../exit-status.ts'
import { createProgress } from '../progress.ts'
import { renderSoak, soakHolds } from '../soak-report.ts'
import { interruptible } from './interruptible.ts'

const USUAL_MINUTES = 30

/** Watches a long run. @returns the exit status */
export async function runSoak({ minutes = USUAL_MINUTES }: { readonly minutes?: number }): Promise<number> {
  return interruptible(createProgress(process.stderr), async (context) => {
    const outcome = await soak({ ...context, minutes, seed: context.freshSeed })
    context.listener.stop()
    process.stdout.write(renderSoak(outcome))
    if (context.signal.aborted) return EXIT.interrupted
    return soakHolds(outcome) ? EXIT.valid : EXIT.notValid
  })
}
