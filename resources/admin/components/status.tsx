const WORDS: Record<string, string> = {
  draft: 'Draft',
  scheduled: 'Scheduled',
  live: 'Live',
  active: 'Active',
  paused: 'Paused',
  ended: 'Ended',
  archived: 'Archived',
}

/** State in words, with a colour that only repeats them. */
export function Status(props: { phase: string }) {
  return (
    <span class={`status ${props.phase === 'active' ? 'live' : props.phase}`}>
      {WORDS[props.phase] ?? props.phase}
    </span>
  )
}
