import { definePlugin } from '#modules/kernel/plugin'
import type { CompatibilityFront } from '#modules/serving/contract'
import { EthicalFront } from '#plugins/front_ethical/ethical_front'

/** The decision API of the Ethical Ad Server, so that its page client works against our ads. */
export default definePlugin<CompatibilityFront>({
  name: 'front_ethical',
  kind: 'front',
  build: () => new EthicalFront(),
})
