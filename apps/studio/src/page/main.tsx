import { render } from 'preact'
import { connect } from '../api/client.js'

const place = document.getElementById('page')
if (place) render(<h1>Headstart studio</h1>, place)
void connect().project()
