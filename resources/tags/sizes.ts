/** Sizes that a slot asks for, from its attributes. */
export type Size = { readonly width: number; readonly height: number }

const SIZE = /^\s*(\d{1,5})\s*x\s*(\d{1,5})\s*$/i

/** `300x250,300x600`; what is no size is left out. */
export function sizesOf(text: string): Size[] {
  const found: Size[] = []
  for (const part of text.split(',')) {
    const match = SIZE.exec(part)
    if (match) found.push({ width: Number(match[1]), height: Number(match[2]) })
  }
  return found
}

/**
 * Sizes of a map such as `0:320x50; 728:728x90; 1024:970x250,728x90`: each part holds from its window width on, the
 * widest that is reached counts, and a part without sizes (`0:`) means no ad there.
 *
 * @returns null when no part holds for this width
 */
export function sizesAt(map: string, windowWidth: number): Size[] | null {
  let best = -1
  let sizes: Size[] | null = null
  for (const part of map.split(';')) {
    const colon = part.indexOf(':')
    const from = Number(part.slice(0, Math.max(colon, 0)).trim())
    if (colon < 0 || !(from >= 0) || from > windowWidth || from < best) continue
    best = from
    sizes = sizesOf(part.slice(colon + 1))
  }
  return sizes
}

/** Those that are not wider than the room there is; all of them when none fits. */
export function fitting(sizes: readonly Size[], room: number): readonly Size[] {
  const found = sizes.filter(({ width }) => width <= room)
  return found.length > 0 ? found : sizes
}
