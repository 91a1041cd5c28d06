/** Runs the work when the page is there for a person: parsed, and not merely rendered in advance. */
export function whenThere(work: () => void): void {
  const { prerendering } = document as Document & { prerendering?: boolean }
  const again = () => whenThere(work)
  if (prerendering) return document.addEventListener('prerenderingchange', again, { once: true })
  if (document.readyState === 'loading') {
    return document.addEventListener('DOMContentLoaded', again, { once: true })
  }
  work()
}
