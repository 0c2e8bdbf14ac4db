/** What `--help` shows below the options. */

export const COMPARE_EXAMPLES = `
Examples:
  npm run compare                                         all apps, all endpoints, ±1 %
  npm run compare -- --quick                              a first look in two minutes
  npm run compare -- --apps koa,express --endpoints hello
  npm run compare -- --apps fastify,./mine/app.ts         your own app beside a framework
  npm run compare -- --precision 0.5 --max-minutes 30     narrower intervals
  npm run --silent compare -- --json > result.json        for programs
  npm run compare -- --resume results/latest              go on with a run that was stopped

Results go to stdout and to a folder below --out, progress to stderr.
Exit status: 0 measured, nothing invalid; 1 something failed or is invalid; 2 usage; 130 interrupted.`

export const CALIBRATE_EXAMPLES = `
Examples:
  npm run calibrate                                       everything, an hour, docs/calibration.md
  npm run calibrate -- --parts identical,planted          two parts anew; the page keeps the others
  npm run calibrate -- --minutes 180                      more repetitions
  npm run calibrate -- --page                             only the page, from what is published

Nothing else may run on the machine meanwhile. Progress goes to stderr, the paths written to stdout.
Exit status: 0 done; 1 a part failed; 2 usage; 130 interrupted, finished repetitions are kept below --out.`

export const DOCTOR_EXAMPLES = `
Examples:
  npm run doctor                                  what is good and what is poor about this machine
  npm run --silent doctor -- --json > here.json   the same for programs, to be set beside another machine's

It changes nothing: commands it shows are for you to run. Keep the machine as quiet as for a comparison meanwhile.
Exit status: 0 fit, poor points or not; 1 not fit; 2 usage.`

export const REPORT_EXAMPLES = `
Examples:
  npm run report -- results/latest                        report.html, charts, report.md and table.csv anew
  npm run report -- results/latest --open                 and show the page
  npm run report -- results/latest --format slides --out talk
  npm run --silent report -- results/latest --format md --print > post.md

Everything is made from result.json and the samples beside it, which are not touched. Paths written go to stdout.
Exit status: 0 done; 1 a file could not be written; 2 usage.`

export const DIFF_EXAMPLES = `
Examples:
  npm run diff -- results/2026-11-20T10-00-00Z-compare results/latest
  npm run diff -- before.json after.json --fail-on 2      for a CI: exit 1 when a cell is proven more than 2 % more expensive
  npm run --silent diff -- before.json after.json --format md

A change is proven after Holm's correction for all cells together; whatever is not proven is shown as unchanged.
Exit status: 0 compared; 1 with --fail-on: a regression beyond it is proven, or a number is lost; or a run is invalid; 2 usage, or runs that cannot be compared.`

export const HISTORY_EXAMPLES = `
Examples:
  npm run history -- results                              all runs there, and history.md with charts
  npm run history -- results --endpoint hello --out docs

Exit status: 0 done; 1 a file could not be written; 2 usage, or nothing to list.`

export const SOAK_EXAMPLES = `
Examples:
  npm run soak                            30 minutes, then 40 apps on 4 endpoints
  npm run soak -- --minutes 240           over night

What the runner keeps is read after a garbage collection and tells a leak within minutes; all its memory grows for the first ten.
It writes no files. Exit status: 0 everything holds; 1 something grows or drifts; 2 usage; 130 interrupted.`
