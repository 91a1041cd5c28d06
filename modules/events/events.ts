import { BaseEvent } from '@adonisjs/core/events'

/**
 * Facts were settled by this process a moment ago; consumers may read them at once instead of at their next look.
 * A hint, not a promise: other processes settle too, and a process may end before it says so. Version 1.
 */
export class FactsSettled extends BaseEvent {
  /** @param count facts taken from the logs in this run */
  constructor(readonly count: number) {
    super()
  }
}
