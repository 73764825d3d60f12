import { type MarkedPart, markedInWords } from '../view/marked.js'

/** A text whose words are marked by what they say for the answer. */
export function MarkedText({ parts }: { parts: readonly MarkedPart[] }) {
  return (
    <div class="stack">
      <p class="marked">
        {parts.map(({ text, strength }, place) =>
          strength === 0 ? (
            text
          ) : (
            <mark
              key={place}
              style={`--tone: var(${strength > 0 ? '--for' : '--against'}); --weight: ${(Math.abs(strength) * 0.42).toFixed(2)}`}
            >
              {text}
            </mark>
          ),
        )}
      </p>
      <p class="small soft">{markedInWords(parts)}</p>
    </div>
  )
}
