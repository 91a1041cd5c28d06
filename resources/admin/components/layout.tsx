import { Show, type JSX } from 'solid-js'

export type Place = { href: string; label: string; exact: boolean }
export type Frame = {
  title: string
  path: string
  csrfToken: string
  islands: Record<string, string>
  attribution: string | null
  /** Where this person may go. */
  places: Place[]
  viewer: { name: string; email: string; organisation: string; role: string }
  notice?: string
  error?: string
}

/** The frame of every admin page: skip link, navigation, who is logged in, one main landmark. */
export function Layout(props: { frame: Frame; children: JSX.Element }) {
  const here = (place: Place) =>
    place.exact ? props.frame.path === place.href : props.frame.path.startsWith(place.href)
  return (
    <div class="frame">
      <a class="skip" href="#main">
        Skip to the content
      </a>
      <header class="side">
        <a class="brand" href="/admin">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Placard
        </a>
        <nav class="nav" aria-label="Main">
          {props.frame.places.map((place) => (
            <a href={place.href} aria-current={here(place) ? 'page' : undefined}>
              {place.label}
            </a>
          ))}
        </nav>
        <div class="side-foot">
          <div class="who">
            <div>
              <strong>{props.frame.viewer.organisation}</strong>
            </div>
            <div>{props.frame.viewer.name}</div>
            <div class="muted">{props.frame.viewer.role}</div>
          </div>
          <form method="post" action="/logout">
            <input type="hidden" name="_csrf" value={props.frame.csrfToken} />
            <button class="button link" type="submit">
              Log out
            </button>
          </form>
        </div>
      </header>
      <main class="main" id="main" tabindex="-1">
        <Show when={props.frame.notice}>
          <p class="notice" role="status">
            {props.frame.notice}
          </p>
        </Show>
        <Show when={props.frame.error}>
          <p class="notice bad" role="alert">
            {props.frame.error}
          </p>
        </Show>
        {props.children}
        <Show when={props.frame.attribution}>
          <p class="small muted">{props.frame.attribution}</p>
        </Show>
      </main>
    </div>
  )
}

/** Places a live part that the server has already rendered. */
export function Island(props: { frame: Frame; name: string }) {
  return <div innerHTML={props.frame.islands[props.name] ?? ''} />
}
