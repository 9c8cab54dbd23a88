package main

import "math"

// limit is the exponent up to which growth is near linear: sorting and trees of maps
// stay below it, and so do caches of the processor that the larger input leaves.
const limit = 1.3

// exponent is the power of the size with which costs grow: the slope of the line
// that fits them best where both axes are logarithmic. A cost of 0 has none.
func exponent(sizes []int, costs []float64) float64 {
	var sx, sy, sxx, sxy float64
	for i, cost := range costs {
		if cost <= 0 {
			return 0
		}
		x, y := math.Log(float64(sizes[i])), math.Log(cost)
		sx, sy, sxx, sxy = sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	n := float64(len(costs))
	return (n*sxy - sx*sy) / (n*sxx - sx*sx)
}
