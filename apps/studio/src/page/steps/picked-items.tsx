import { Icon } from '../parts/icons.js'

interface PickedItemsProps {
  readonly items: readonly { readonly id: string; readonly title: string }[]
  readonly onRemove: (id: string) => void
}

/** A history, oldest first. */
export function PickedItems({ items, onRemove }: PickedItemsProps) {
  if (items.length === 0) return <p class="soft">Nothing is picked yet: click in the catalog below.</p>
  return (
    <ol class="row" aria-label="Picked">
      {items.map(({ id, title }) => (
        <li key={id} class="tag">
          {title}
          <button
            type="button"
            class="quiet"
            style={{ minHeight: '28px', padding: '2px 4px' }}
            aria-label={`Remove ${title}`}
            onClick={() => onRemove(id)}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ol>
  )
}
