import { defineConfig, drivers } from '@adonisjs/core/hash'

/** scrypt at 2^15: about 60 ms and 32 MB a log-in on the reference machine (OWASP's second setting). Tests make hundreds of people. */
const cost = process.env.NODE_ENV === 'test' ? 1024 : 32_768

export default defineConfig({
  default: 'scrypt',
  list: { scrypt: drivers.scrypt({ cost, blockSize: 8, parallelization: 1, maxMemory: 67_108_864 }) },
})
