/**
 * A layer with the line at zero, to compare with.
 * @param channel `x` for an upright line
 * @param shared what all layers of the chart say of this axis
 */
export function zeroLine<Shared extends object>(channel: 'x' | 'y', shared: Shared = {} as Shared) {
  const place = { field: 'zero', type: 'quantitative' as const, ...shared }
  return {
    data: { values: [{ zero: 0 }] },
    mark: { type: 'rule' as const, style: 'reference' },
    encoding: channel === 'x' ? { x: place } : { y: place },
  }
}
