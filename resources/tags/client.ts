/** Fills the slots of a page. Sets no cookie, stores nothing, and an error of its own never reaches the page. */
import { ask, Refusal } from './ask.ts'
import { CONSENT_WAIT_MS, ConsentPlatforms, type Consent } from './consent.ts'
import { Emitter, type Listener, type PlacardEvents } from './events.ts'
import { Lazy } from './lazy.ts'
import { onNavigation, onSlotsChanged } from './page.ts'
import { Slot, type Decision } from './slot.ts'

export type Words = {
  /** Address of the page, where that is not the one that the script runs in. */
  url?: string
  /** Goes before what platforms say. */
  consent?: Consent
  /** First-party id; sent with requests, used by the server only when the consent allows it. */
  user?: { id?: string }
  keywords?: string[]
  properties?: Record<string, unknown>
}
export type PlacardOptions = Words & {
  /** Where to ask for ads: the server's `DELIVERY_ORIGIN`. */
  readonly origin: string
  /** `data-lazy` of all slots that have none of their own: pixels from the window. Absent: load at once. */
  readonly lazy?: number
  /** `data-refresh` of all slots that have none of their own, seconds; 30 at least. Absent: never. */
  readonly refresh?: number
  /** False: containers that are added later are found by `refresh()` only. */
  readonly observe?: boolean
  /** True: asks for new ads after `history.pushState`, back and forward. */
  readonly history?: boolean
  /** How long the first request waits for the reader's answer, and for a platform that comes late. Milliseconds. */
  readonly consentWait?: number
}
/** What a page may change and call at any time. */
export type Placard = Words & {
  /** Asks for new ads: of the whole page, of one element, or of all slots of a placement. */
  refresh(target?: Element | string): Promise<void>
  /** Returns what takes the listener away again. */
  on<Name extends keyof PlacardEvents>(name: Name, listener: Listener<Name>): () => void
  /** Ends all watching; ads that are there stay. */
  stop(): void
}

/** Placements of one request, as the server allows. */
const SLOTS_PER_REQUEST = 20

export class Client {
  private readonly slots = new Map<Element, Slot>()
  private readonly emitter = new Emitter()
  private readonly platforms: ConsentPlatforms
  private readonly lazy = new Lazy((slots) => void this.load(slots))
  private readonly defaults: { lazy?: string; refresh?: string }
  private readonly endings: (() => void)[] = []

  /** @param words read at every request, so that the page may change them */
  constructor(
    private readonly options: PlacardOptions,
    private readonly words: Words
  ) {
    const { lazy, refresh, consentWait } = options
    this.defaults = { lazy: lazy?.toString(), refresh: refresh?.toString() }
    this.platforms = new ConsentPlatforms(
      consentWait ?? CONSENT_WAIT_MS,
      consentWait !== undefined,
      (consent) => this.emitter.tell('consent', consent)
    )
  }

  on<Name extends keyof PlacardEvents>(name: Name, listener: Listener<Name>): () => void {
    return this.emitter.on(name, listener)
  }

  /** Looks for slots and fills them; runs when the document is there. */
  start(): void {
    if (this.options.observe !== false) this.endings.push(onSlotsChanged(() => void this.load(this.find())))
    if (this.options.history) this.endings.push(onNavigation(() => this.renew()))
    void this.load(this.find())
  }

  stop(): void {
    for (const end of this.endings.splice(0)) end()
    for (const slot of this.slots.values()) this.drop(slot)
  }

  async refresh(target?: Element | string): Promise<void> {
    this.find()
    const all = [...this.slots.values()].filter((slot) => !this.lazy.isWaiting(slot))
    const wanted =
      target === undefined ? all : all.filter((slot) => slot.element === target || slot.id === target)
    await this.load(wanted)
  }

  /** After a navigation in place the slots that outlive it get new ads; those that come with it are found as new. */
  private renew(): void {
    const before = [...this.slots.values()]
    setTimeout(() => {
      for (const slot of before) if (!slot.element.isConnected) this.drop(slot)
      void this.load(
        before.filter((slot) => this.slots.get(slot.element) === slot && !this.lazy.isWaiting(slot))
      )
    }, 0)
  }

  /** Slots that are new since the last look; forgets those that are gone or stand for another placement now. */
  private find(): Slot[] {
    for (const slot of [...this.slots.values()]) {
      if (!slot.element.isConnected || slot.element.dataset.placard !== slot.id) this.drop(slot)
    }
    const fresh: Slot[] = []
    for (const element of document.querySelectorAll<HTMLElement>('[data-placard]')) {
      if (!element.dataset.placard || this.slots.has(element)) continue
      const slot = new Slot(element, this.news, this.defaults)
      this.slots.set(element, slot)
      fresh.push(slot)
    }
    return this.postponed(fresh)
  }

  private readonly news = {
    tell: this.emitter.tellOfSlot.bind(this.emitter),
    refresh: (slot: Slot) => void this.load([slot]),
  }

  private drop(slot: Slot): void {
    slot.stop()
    this.lazy.forget(slot)
    this.slots.delete(slot.element)
  }

  /** Lets lazy slots wait for the reader; returns the others. */
  private postponed(slots: readonly Slot[]): Slot[] {
    return slots.filter((slot) => {
      const pixels = slot.lazyPixels
      if (pixels === null) return true
      slot.reserve()
      return !this.lazy.wait(slot, pixels)
    })
  }

  private async load(slots: readonly Slot[]): Promise<void> {
    const wanted = slots.filter((slot) => slot.isDisplayed)
    for (const slot of slots) {
      if (!slot.isDisplayed) slot.whenDisplayed(() => void this.load([slot]))
    }
    if (wanted.length === 0) return
    for (const slot of wanted) {
      slot.reserve()
      slot.state('loading')
    }
    const consent = { ...(await this.platforms.now()), ...this.options.consent, ...this.words.consent }
    const batches = []
    for (let at = 0; at < wanted.length; at += SLOTS_PER_REQUEST) {
      batches.push(wanted.slice(at, at + SLOTS_PER_REQUEST))
    }
    await Promise.all(batches.map((batch) => this.fill(batch, consent)))
  }

  private async fill(batch: readonly Slot[], consent: Consent): Promise<void> {
    const turns = batch.map((slot) => ++slot.turn)
    const current = (slot: Slot) => slot.turn === turns[batch.indexOf(slot)]
    try {
      const decisions: readonly Decision[] = await ask(this.options.origin, batch, this.words, consent)
      batch.forEach((slot, index) => {
        if (current(slot)) slot.show(decisions[index] ?? { ad: null })
      })
    } catch (error) {
      const faulty = error instanceof Refusal && error.slot !== null ? batch[error.slot] : undefined
      for (const slot of faulty ? [faulty] : batch) if (current(slot)) slot.fail()
      console.warn('placard: no ad', error)
      // One wrong placement must not cost the others their ads.
      const others = batch.filter((slot) => slot !== faulty && current(slot))
      if (faulty && others.length > 0) await this.fill(others, consent)
    }
  }
}
