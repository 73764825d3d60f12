import { go } from '../state/route.js'
import { useStore } from '../state/use-store.js'
import { TryCards } from './try-cards.js'
import { TryConversation } from './try-conversation.js'
import { TryPicture } from './try-picture.js'
import { TryText } from './try-text.js'

/** Something is shown to the model, and it says what it makes of it, and why. */
export function TryStep() {
  const store = useStore()
  const { brings } = store
  const model = store.project.value?.model
  return (
    <>
      <header class="stack">
        <h1>Try it</h1>
        {model?.stale && (
          <p class="lead">The data have changed since it was trained: it does not know the newest yet.</p>
        )}
      </header>
      {!model ? (
        <div class="empty">
          <p>There is no model to ask yet.</p>
          <button type="button" class="main" onClick={() => go('train')}>
            Train one
          </button>
        </div>
      ) : store.project.value?.converses ? (
        <TryConversation />
      ) : brings.value === 'text' ? (
        <TryText />
      ) : brings.value === 'picture' ? (
        <TryPicture />
      ) : (
        <TryCards />
      )}
    </>
  )
}
