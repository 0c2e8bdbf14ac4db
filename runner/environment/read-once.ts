import type { Machine } from './machine-reader.ts'

/** What stays as it is for as long as this process runs, read once of every machine: a calibration describes it in hundreds of runs. */
export function readOnce<Value>(read: (machine: Machine) => Value): (machine: Machine) => Value {
  const known = new WeakMap<Machine, { readonly value: Value }>()
  return (machine) => {
    const found = known.get(machine) ?? { value: read(machine) }
    known.set(machine, found)
    return found.value
  }
}
