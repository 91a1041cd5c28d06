import { definePlugin } from '#modules/kernel/plugin'
import type { CompatibilityFront } from '#modules/serving/contract'
import { ReviveFront } from '#plugins/front_revive/revive_front'

/** The delivery scripts of Revive Adserver, so that its tags show our ads. */
export default definePlugin<CompatibilityFront>({
  name: 'front_revive',
  kind: 'front',
  build: () => new ReviveFront(),
})
