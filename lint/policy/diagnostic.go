package policy

// DiagnosticCode names what is wrong with a document, stable for tests.
type DiagnosticCode string

// Diagnostic is what IAM would refuse in a document, or what the parser
// noticed in it.
type Diagnostic struct {
	Code DiagnosticCode
	// Error tells that IAM refuses the document; else it is a remark.
	Error bool
	// Summary is one sentence; Detail says what to write instead.
	Summary, Detail string
	// Statement is the index of the statement, -1 for the document.
	Statement int
	Range     Range
}

// Diagnostics are in the order of their place in the source.
type Diagnostics []Diagnostic

// HasErrors reports whether IAM would refuse the document.
func (ds Diagnostics) HasErrors() bool {
	for _, d := range ds {
		if d.Error {
			return true
		}
	}
	return false
}
