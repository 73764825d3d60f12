import type { JobState } from '../../api/types.js'
import { duration } from '../view/words.js'

/** How far a job is, and its end on request. */
export function JobBar({ job, onCancel }: { job: JobState; onCancel: () => void }) {
  return (
    <div class="stack" style={{ gap: '8px' }}>
      <div class="row spread">
        <span role="status">{job.doing || 'Working'}</span>
        <span class="row">
          <span class="small soft number">{duration(job.seconds)}</span>
          <button type="button" onClick={onCancel}>
            Cancel
          </button>
        </span>
      </div>
      <progress aria-label={job.doing || 'Progress'} {...(job.share !== null && { value: job.share })} max={1} />
    </div>
  )
}
