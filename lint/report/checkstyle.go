package report

import (
	"encoding/xml"
	"io"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/iam"
)

// The XML of Checkstyle 4.3, which every reader of the format knows.
type (
	checkstyle struct {
		XMLName xml.Name         `xml:"checkstyle"`
		Version string           `xml:"version,attr"`
		Decided string           `xml:",comment"`
		Files   []checkstyleFile `xml:"file"`
	}
	checkstyleFile struct {
		Name   string            `xml:"name,attr"`
		Errors []checkstyleError `xml:"error"`
	}
	checkstyleError struct {
		Line     int    `xml:"line,attr"`
		Column   int    `xml:"column,attr,omitempty"`
		Severity string `xml:"severity,attr"`
		Message  string `xml:"message,attr"`
		Source   string `xml:"source,attr"`
	}
)

// reportCheckstyle writes the findings by file. What was looked at, and by what
// it was decided, is a comment.
func reportCheckstyle(w io.Writer, r *lint.Report, o Options) error {
	out := checkstyle{Version: "4.3", Decided: " " + xmlComment(strings.Join(decidedLines(r, o), "\n")) + " "}
	at := map[string]int{}
	add := func(input int, l iam.Location, severity lint.Severity, message, source string) {
		file, line, column := o.filePlace(r, input, l)
		n, known := at[file]
		if !known {
			n = len(out.Files)
			at[file] = n
			out.Files = append(out.Files, checkstyleFile{Name: xmlText(file)})
		}
		out.Files[n].Errors = append(out.Files[n].Errors, checkstyleError{
			Line: line, Column: column, Severity: checkstyleSeverity(severity), Message: xmlText(message),
			Source: xmlText("boundlint." + clean(source)),
		})
	}
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		add(inputNamed(r, d.Input), d.Location, d.Severity, diagnosticText(d), "input")
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		add(f.Input, f.Location, f.Severity, described(f), f.Rule)
	}
	return writeXML(w, &out)
}

// xmlComment is a text as a comment may hold it: without two dashes in a row.
func xmlComment(s string) string {
	s = xmlText(s)
	for strings.Contains(s, "--") {
		s = strings.ReplaceAll(s, "--", "- -")
	}
	return s
}

func checkstyleSeverity(s lint.Severity) string {
	if s == lint.Note {
		return "info"
	}
	return s.String()
}
