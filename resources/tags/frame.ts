/** Script of the tag's iframe document: finds the ad in it and counts. */
import { watchAd } from './watch.ts'

const { impression, viewable, measurable } = document.body.dataset
const media = document.querySelector<HTMLImageElement | HTMLIFrameElement>('img, iframe')
if (media && impression && viewable) watchAd(media, { impression, viewable, measurable })
