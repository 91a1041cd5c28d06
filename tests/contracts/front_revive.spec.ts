import { compatibilityFront } from '#tests/contracts/compatibility_front'

compatibilityFront({
  name: 'revive',
  async ad({ values }, call) {
    const query = { zones: values.zone!, prefix: 'revive-0-' }
    const answer = await call({ method: 'GET', path: '/www/delivery/asyncspc.php', query })
    const { html } = ((await answer.json()) as Record<string, { html: string }>)['revive-0-0']!
    return {
      impressionUrl: /<img src="([^"]+\/t\/i\/[^"]+)"/.exec(html)![1]!,
      clickUrl: /<a href="([^"]+)"/.exec(html)![1]!,
    }
  },
})
