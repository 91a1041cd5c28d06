/** What happens to the page after it was loaded: containers that come and go, addresses that change in place. */

const SLOTS = '[data-placard]'

/** Calls back, once for all changes of a moment, when slots may have come, gone or changed their placement. */
export function onSlotsChanged(changed: () => void): () => void {
  if (typeof MutationObserver !== 'function') return () => {}
  let planned = false
  const observer = new MutationObserver((records) => {
    if (planned || !records.some(concernsSlots)) return
    planned = true
    setTimeout(() => {
      planned = false
      changed()
    }, 0)
  })
  const attributeFilter = ['data-placard']
  observer.observe(document.documentElement, { childList: true, subtree: true, attributeFilter })
  return () => observer.disconnect()
}

function concernsSlots(record: MutationRecord): boolean {
  if (record.type === 'attributes') return true
  return [...record.addedNodes, ...record.removedNodes].some(
    (node) => node instanceof Element && (node.matches(SLOTS) || node.querySelector(SLOTS) !== null)
  )
}

/**
 * Calls back before the page's own code goes on after a change of the address: by `history.pushState`, back or forward.
 * A change of the fragment alone is none, and `replaceState` is how apps note where the reader scrolled.
 */
export function onNavigation(navigated: () => void): () => void {
  const addressOf = () => location.href.split('#')[0]
  let address = addressOf()
  const look = () => {
    const now = addressOf()
    if (now === address) return
    address = now
    navigated()
  }
  const { pushState } = history
  const wrapped: typeof pushState = function (this: History, ...parameters) {
    pushState.apply(this, parameters)
    look()
  }
  history.pushState = wrapped
  addEventListener('popstate', look)
  return () => {
    removeEventListener('popstate', look)
    if (history.pushState === wrapped) history.pushState = pushState
  }
}
