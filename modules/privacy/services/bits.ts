/** Reads the base64url text that TCF and GPP strings are made of, bit by bit, first bit of the first character first. */
export class Bits {
  private readonly bytes: Buffer
  private readonly length: number
  private at = 0

  /** @param text of the alphabet `A-Za-z0-9_-`; each character is six bits */
  constructor(text: string) {
    this.bytes = Buffer.from(text, 'base64url')
    this.length = this.bytes.length * 8
  }

  /** A whole number of up to 24 bits; throws RangeError past the end. */
  int(bits: number): number {
    if (this.at + bits > this.length) throw new RangeError('the text ends early')
    let value = 0
    for (let end = this.at + bits; this.at < end; this.at++) {
      value = (value << 1) | ((this.bytes[this.at >> 3]! >> (7 - (this.at & 7))) & 1)
    }
    return value
  }

  skip(bits: number): void {
    if (this.at + bits > this.length) throw new RangeError('the text ends early')
    this.at += bits
  }

  /** A number in Fibonacci coding: sum of the Fibonacci numbers 1, 2, 3, 5… whose bit is set, ended by two set bits. */
  fibonacci(): number {
    let [current, next] = [1, 2]
    let value = 0
    for (let last = 0; ;) {
      const bit = this.int(1)
      if (bit === 1 && last === 1) return value
      if (bit === 1) value += current
      last = bit
      if (next > 0xffff) throw new RangeError('a number is too large')
      ;[current, next] = [next, current + next]
    }
  }
}

/** True for text of the base64url alphabet without padding. */
export const isBase64Url = (text: string) => /^[A-Za-z0-9_-]+$/.test(text)
