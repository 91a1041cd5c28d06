import { Show } from 'solid-js'

type Props = {
  csrfToken: string
  email: string
  to: string
  error?: string
  demo: { email: string; password: string } | null
}

/** Log-in. Keeps the e-mail after a mistake, never the password. */
export default function LoginPage(props: Props) {
  return (
    <main class="gate">
      <div class="card">
        <a class="brand" href="/">
          <img src="/icon.svg" alt="" width="28" height="28" />
          Placard
        </a>
        <h1>Log in</h1>
        <Show when={props.error}>
          <p class="notice bad" role="alert" id="login-error">
            {props.error}
          </p>
        </Show>
        <form method="post" action="/login">
          <input type="hidden" name="_csrf" value={props.csrfToken} />
          <input type="hidden" name="to" value={props.to} />
          <div class="field">
            <label for="email">E-mail</label>
            <input
              class="input"
              id="email"
              name="email"
              type="email"
              autocomplete="username"
              required
              maxlength="254"
              value={props.email}
              aria-describedby={props.error ? 'login-error' : undefined}
              autofocus
            />
          </div>
          <div class="field">
            <label for="password">Password</label>
            <input
              class="input"
              id="password"
              name="password"
              type="password"
              autocomplete="current-password"
              required
              maxlength="200"
            />
          </div>
          <button class="button primary" type="submit">
            Log in
          </button>
        </form>
        <Show when={props.demo}>
          {(demo) => (
            <p class="small muted">
              Demo network on this machine: <span class="mono">{demo().email}</span>, password{' '}
              <span class="mono">{demo().password}</span>
            </p>
          )}
        </Show>
      </div>
    </main>
  )
}
