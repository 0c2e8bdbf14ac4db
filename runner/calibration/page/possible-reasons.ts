/**
 * Why a factor may move a ratio, by the id of the factor. These are known mechanisms, not findings of a calibration: the page calls
 * them possible.
 */
export const possibleReasons: Readonly<Record<string, string>> = {
  'load-generator':
    'a client that sleeps has to be woken inside the write of the server, and the server pays for it; a slow server leaves the ' +
    'client idle more often and pays more often',
  slice: 'in a short slice a larger share is spent with cold caches, in a long one the apps are measured farther apart in time',
  connections:
    'with many connections the server answers more requests per turn of its event loop, and shares the cost of a turn; ' +
    'with few, buffers and sockets stay in the cache of the CPU',
  cpu: 'CPUs of one machine may have unequal interrupts, neighbours or clock frequencies',
  neighbours: 'the app before leaves its own data in the caches',
  order: 'the app before leaves its own data in the caches, and the machine changes within a block',
}
