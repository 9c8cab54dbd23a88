package report

import "strings"

// Code is text as a code span of Markdown, on one line.
func Code(s string) string { return code(oneLine(s)) }

// Cell is [Code] inside of a table.
func Cell(s string) string { return cell(oneLine(s)) }

// Prose is text of which Markdown reads nothing as markup, on one line.
func Prose(s string) string { return prose(oneLine(s)) }

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
