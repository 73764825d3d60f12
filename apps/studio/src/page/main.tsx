import { render } from 'preact'
import './style.css'
import { Page } from './page.js'
import { Store } from './state/store.js'
import { StoreProvider } from './state/use-store.js'

const place = document.getElementById('page')
const store = new Store()
store.start()
if (place)
  render(
    <StoreProvider value={store}>
      <Page />
    </StoreProvider>,
    place,
  )
