import { definePlugin } from '#modules/kernel/plugin'
import type { CompatibilityFront } from '#modules/serving/contract'
import { KevelFront } from '#plugins/front_kevel/kevel_front'

/** Kevel's decision API, so that its SDKs work against our ads. */
export default definePlugin<CompatibilityFront>({
  name: 'front_kevel',
  kind: 'front',
  build: () => new KevelFront(),
})
