/** `/api/v1/advertisers`, `/campaigns`, `/line-items`, `/creatives`, and the assets of creatives. */
import router from '@adonisjs/core/services/router'
import { resource } from '#modules/kernel/records/resource'
import Advertisers from '#modules/campaigns/services/advertisers'
import CampaignBook from '#modules/campaigns/services/campaign_book'
import Creatives from '#modules/campaigns/services/creatives'
import Pixels from '#modules/campaigns/services/pixels'
import LineItems from '#modules/campaigns/services/line_items'
import * as answers from '#modules/campaigns/validators/answers'
import * as inputs from '#modules/campaigns/validators/inputs'
import * as lists from '#modules/campaigns/validators/lists'
import { mountAssignments } from '#modules/campaigns/controllers/assignments'
import { mountTargetingExplained } from '#modules/campaigns/controllers/targeting_explained'
import { mountUpload } from '#modules/campaigns/controllers/upload'

const rights = { read: 'demand.read', write: 'demand.write' } as const

resource({
  ...rights,
  path: 'advertisers',
  one: 'advertiser',
  service: Advertisers,
  lists: lists.advertiserLists,
  input: inputs.advertiserInput,
  change: inputs.advertiserChange,
  answer: answers.advertiser,
})
resource({
  ...rights,
  path: 'campaigns',
  one: 'campaign',
  service: CampaignBook,
  lists: lists.campaignLists,
  input: inputs.campaignInput,
  change: inputs.campaignChange,
  answer: answers.campaign,
})
const lineItem = resource({
  ...rights,
  path: 'line-items',
  one: 'line item',
  service: LineItems,
  lists: lists.lineItemLists,
  input: inputs.lineItemInput,
  change: inputs.lineItemChange,
  answer: answers.lineItem,
})
mountAssignments(lineItem)
mountTargetingExplained()
resource({
  ...rights,
  path: 'pixels',
  one: 'pixel',
  service: Pixels,
  lists: lists.pixelLists,
  input: inputs.pixelInput,
  change: inputs.pixelChange,
  answer: answers.pixel,
})
const creative = resource({
  ...rights,
  path: 'creatives',
  one: 'creative',
  service: Creatives,
  lists: lists.creativeLists,
  change: inputs.creativeChange,
  answer: answers.creative,
})
mountUpload(creative)

const AssetsController = () => import('#modules/campaigns/controllers/assets_controller')
router.get('/c/:hash/:file', [AssetsController, 'show']).as('creatives.asset')
router.get('/c/:hash/*', [AssetsController, 'show']).as('creatives.bundle')
