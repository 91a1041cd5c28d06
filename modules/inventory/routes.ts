/** `/api/v1/publishers`, `/sites` and `/placements`. */
import { resource } from '#modules/kernel/records/resource'
import Placements from '#modules/inventory/services/placements'
import Publishers from '#modules/inventory/services/publishers'
import Sites from '#modules/inventory/services/sites'
import * as answers from '#modules/inventory/validators/answers'
import * as inputs from '#modules/inventory/validators/inputs'
import * as lists from '#modules/inventory/validators/lists'

const rights = { read: 'supply.read', write: 'supply.write' } as const

resource({
  ...rights,
  path: 'publishers',
  one: 'publisher',
  service: Publishers,
  lists: lists.publisherLists,
  input: inputs.publisherInput,
  change: inputs.publisherChange,
  answer: answers.publisher,
})
resource({
  ...rights,
  path: 'sites',
  one: 'site',
  service: Sites,
  lists: lists.siteLists,
  input: inputs.siteInput,
  change: inputs.siteChange,
  answer: answers.site,
})
resource({
  ...rights,
  path: 'placements',
  one: 'placement',
  service: Placements,
  lists: lists.placementLists,
  input: inputs.placementInput,
  change: inputs.placementChange,
  answer: answers.placement,
})
