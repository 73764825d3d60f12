#!/usr/bin/env node
// A committed file, so that the command can be linked before the first build.
import '../dist/main.js'
