/** What the page is told, by callback and as `CustomEvent`s on the slot's element. */
import type { Consent } from './consent.ts'
import type { SlotEvent, SlotEventName } from './slot.ts'

export type PlacardEvents = Readonly<Record<SlotEventName, SlotEvent>> & {
  /** The reader's answer to a consent platform has changed, or came after ads had been asked for without it. */
  readonly consent: Consent
}
export type Listener<Name extends keyof PlacardEvents> = (event: PlacardEvents[Name]) => void

export class Emitter {
  private readonly listeners = new Map<string, Set<(event: never) => void>>()

  /** Returns what takes the listener away again. */
  on<Name extends keyof PlacardEvents>(name: Name, listener: Listener<Name>): () => void {
    const found = this.listeners.get(name) ?? new Set()
    this.listeners.set(name, found.add(listener))
    return () => void found.delete(listener)
  }

  /** A listener that fails does not keep the others, or the ads, from going on. */
  tell<Name extends keyof PlacardEvents>(name: Name, event: PlacardEvents[Name]): void {
    for (const listener of this.listeners.get(name) ?? []) {
      try {
        ;(listener as Listener<Name>)(event)
      } catch (error) {
        console.warn(`placard: a listener of ${name} failed`, error)
      }
    }
  }

  /** As {@link tell}, and as `placard:NAME` on the element; it bubbles. */
  tellOfSlot(name: SlotEventName, event: SlotEvent): void {
    this.tell(name, event)
    const { element, ...detail } = event
    element.dispatchEvent(new CustomEvent(`placard:${name}`, { bubbles: true, detail }))
  }
}
