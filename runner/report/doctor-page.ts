import { FactGroup } from '../environment/fact.ts'
import type { Probe } from '../environment/facts/probe.ts'
import { probes } from '../environment/facts/registry.ts'

/** What each fact means, as Markdown: a list for every group, made from the registry. For the region `facts` of docs/doctor.md. */
export function renderFactsPage(all: readonly Probe[] = probes): string {
  return FactGroup.options
    .map((group) => [`### ${group}`, ...all.filter((probe) => probe.group === group).map(factEntry)].join('\n\n'))
    .join('\n\n')
}

function factEntry({ id, title, why, good, source, measured }: Probe): string {
  const howRead = measured === true ? `Measured: ${source}` : `Read from ${source}`
  return `**${title}** (\`${id}\`). ${why} Good: ${good}. ${howRead}.`
}
