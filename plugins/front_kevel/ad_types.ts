import type { ExternalIds, FrontSize } from '#modules/serving/contract'

/** Kevel's standard ad types by number. @source AdType of Kevel's Java decision SDK; sizes: IAB standard ad units */
const STANDARD: ReadonlyMap<number, string> = new Map([
  [4, '728x90'],
  [5, '300x250'],
  [6, '160x600'],
  [9, '180x150'],
  [13, '88x31'],
  [14, '120x60'],
  [16, '125x125'],
  [43, '300x600'],
  [77, '970x90'],
])

/**
 * Sizes of ad types: the organisation's own mapping first, then Kevel's standard ones. Numbers that neither knows are
 * left out.
 */
export function sizesOf(organisationId: string, adTypes: readonly number[], ids: ExternalIds): FrontSize[] {
  return adTypes.flatMap((number) => {
    const size = ids.sizeOf(organisationId, String(number)) ?? STANDARD.get(number)
    const [width, height] = (size ?? '').split('x').map(Number)
    return width && height ? [{ width, height }] : []
  })
}
