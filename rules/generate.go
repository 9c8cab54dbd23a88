package rules

//go:generate go run ../cmd/rulepages -root ..
