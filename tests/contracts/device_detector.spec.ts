import { agentReaderContract } from '#tests/contracts/agent_reader'
import plugin from '#plugins/device_detector/plugin'

agentReaderContract(plugin.name, () => plugin.build({ geoDatabase: null }))
