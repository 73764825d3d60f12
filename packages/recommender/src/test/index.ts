export { type ScorerCase, testScorer } from './test-scorer.js'
