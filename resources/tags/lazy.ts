/** Slots that ask for their ad only when they come near to what the reader sees. */
import type { Slot } from './slot.ts'

export class Lazy {
  private readonly observers = new Map<number, IntersectionObserver>()
  private readonly waiting = new Map<Element, Slot>()

  /** @param near called with the slots that came near together, each once */
  constructor(private readonly near: (slots: Slot[]) => void) {}

  /** False where the browser cannot tell: the slot has to load at once. */
  wait(slot: Slot, pixels: number): boolean {
    if (typeof IntersectionObserver !== 'function') return false
    if (this.isWaiting(slot)) return true
    this.waiting.set(slot.element, slot)
    slot.state('waiting')
    this.observerOf(pixels).observe(slot.element)
    return true
  }

  isWaiting({ element }: Slot): boolean {
    return this.waiting.has(element)
  }

  forget({ element }: Slot): void {
    this.waiting.delete(element)
    for (const observer of this.observers.values()) observer.unobserve(element)
  }

  private observerOf(pixels: number): IntersectionObserver {
    let observer = this.observers.get(pixels)
    if (!observer) {
      observer = new IntersectionObserver((entries) => this.see(entries), { rootMargin: `${pixels}px` })
      this.observers.set(pixels, observer)
    }
    return observer
  }

  private see(entries: readonly IntersectionObserverEntry[]): void {
    const slots = entries
      .filter(({ isIntersecting }) => isIntersecting)
      .map(({ target }) => this.waiting.get(target))
      .filter((slot) => slot !== undefined)
    for (const slot of slots) this.forget(slot)
    if (slots.length > 0) this.near(slots)
  }
}
