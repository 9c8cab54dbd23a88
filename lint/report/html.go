package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/boundlint/boundlint/lint"
)

//go:embed templates/report.html.tmpl
var htmlTemplate string

// reportHTML writes one page that needs nothing besides itself: no script, no
// font, no picture from elsewhere.
func reportHTML(w io.Writer, r *lint.Report, o Options) error {
	page, err := template.New("report").Parse(htmlTemplate)
	if err != nil {
		return fmt.Errorf("the template of the report: %w", err)
	}
	a := newAudit(r, o)
	content := struct {
		*audit
		Drawing  *drawing
		Formula  string
		HomePage string
	}{audit: a, Formula: scoreFormula, HomePage: homepage}
	if a.Graph != nil {
		content.Drawing = a.Graph.draw()
	}
	return page.Execute(w, content)
}
