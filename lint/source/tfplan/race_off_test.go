//go:build !race

package tfplan

const raceEnabled = false
