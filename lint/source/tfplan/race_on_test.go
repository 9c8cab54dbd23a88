//go:build race

package tfplan

// The race detector takes memory of its own.
const raceEnabled = true
