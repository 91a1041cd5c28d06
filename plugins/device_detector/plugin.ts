import type { AgentReader } from '#modules/context/contract'
import { definePlugin } from '#modules/kernel/plugin'
import { DeviceDetector } from '#plugins/device_detector/device_detector'

/** Default of the kind `device`: node-device-detector (rule lists of Matomo) and isbot. Has no settings. */
export default definePlugin<AgentReader>({
  name: 'device_detector',
  kind: 'device',
  build: () => new DeviceDetector(),
})
