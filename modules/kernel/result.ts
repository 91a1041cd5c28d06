/** Outcome of an operation whose failures are expected; surprises are thrown. */
export type Ok<Value> = { readonly ok: true; readonly value: Value }
export type Err<Failure> = { readonly ok: false; readonly error: Failure }
export type Result<Value, Failure> = Ok<Value> | Err<Failure>

export function ok(): Ok<void>
export function ok<Value>(value: Value): Ok<Value>
export function ok<Value>(value?: Value): Ok<Value | undefined> {
  return { ok: true, value }
}

export function err<const Failure>(error: Failure): Err<Failure> {
  return { ok: false, error }
}
