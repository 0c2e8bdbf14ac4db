// Burns a batch of units for every message, in a thread or in a child process: node burn-elsewhere.ts <turns> <units per message>
import { parentPort } from 'node:worker_threads'
import { burn } from './burn.ts'

const [turns = 0, units = 0] = process.argv.slice(2).map(Number)
const burnBatch = () => {
  for (let left = units; left > 0; left--) burn(turns)
}

if (parentPort !== null) parentPort.on('message', burnBatch)
else process.on('message', burnBatch)
