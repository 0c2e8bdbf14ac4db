import { EXAMINATION_SECONDS, examineMachine } from '../../questions/doctor.ts'
import { prettyJson } from '../../result/json.ts'
import { renderExamination } from '../doctor-report.ts'
import { EXIT } from '../exit-status.ts'
import { terminalOptions } from './show-run.ts'

/** Looks at the machine. @returns the exit status */
export async function runDoctor({ json }: { readonly json?: boolean }): Promise<number> {
  process.stderr.write(`looking at this machine for about ${EXAMINATION_SECONDS} seconds\n`)
  const examination = await examineMachine(new Date())
  const text = json ? prettyJson(examination) : renderExamination(examination, terminalOptions())
  process.stdout.write(text)
  return examination.fit ? EXIT.valid : EXIT.notValid
}
