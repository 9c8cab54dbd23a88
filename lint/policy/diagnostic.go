package policy

// DiagnosticCode names what is wrong with a document, stable for tests.
type DiagnosticCode string

// The codes. Those marked remark are never errors: IAM takes the document,
// or is not known to refuse it.
const (
	CodeNotJSON      DiagnosticCode = "not-json"
	CodeTrailingData DiagnosticCode = "trailing-data"
	CodeEncodedTwice DiagnosticCode = "encoded-twice"
	CodeCharacters   DiagnosticCode = "characters"
	CodeWrongType    DiagnosticCode = "wrong-type"
	// CodeNull is a remark: null is read as absent.
	CodeNull           DiagnosticCode = "null-element"
	CodeDuplicateKey   DiagnosticCode = "duplicate-key"
	CodeUnknownElement DiagnosticCode = "unknown-element"
	// CodeElementCase is a remark: the element is read all the same.
	CodeElementCase      DiagnosticCode = "element-case"
	CodeVersion          DiagnosticCode = "version"
	CodeMissingStatement DiagnosticCode = "missing-statement"
	CodeEffect           DiagnosticCode = "effect"
	CodeSid              DiagnosticCode = "sid"
	CodeDuplicateSid     DiagnosticCode = "duplicate-sid"
	CodeAction           DiagnosticCode = "action"
	CodeMissingAction    DiagnosticCode = "missing-action"
	CodeActionService    DiagnosticCode = "action-service"
	// CodeActionForm is a remark: the entry matches nothing.
	CodeActionForm DiagnosticCode = "action-form"
	// CodeTrustAction is for actions in a trust policy that are not of sts.
	CodeTrustAction     DiagnosticCode = "trust-action"
	CodeMissingResource DiagnosticCode = "missing-resource"
	CodeResource        DiagnosticCode = "resource"
	CodeResourceARN     DiagnosticCode = "resource-arn"
	// CodeResourceNever is a remark: no ARN looks like the entry.
	CodeResourceNever DiagnosticCode = "resource-never"
	// CodeShortARN is a remark except in organization policies.
	CodeShortARN           DiagnosticCode = "short-arn"
	CodeUnsupportedElement DiagnosticCode = "unsupported-element"
	CodeMissingPrincipal   DiagnosticCode = "missing-principal"
	CodePrincipal          DiagnosticCode = "principal"
	CodePrincipalType      DiagnosticCode = "principal-type"
	CodePrincipalWildcard  DiagnosticCode = "principal-wildcard"
	// CodeNotPrincipalAllow is a remark.
	CodeNotPrincipalAllow DiagnosticCode = "not-principal-allow"
	CodeOperator          DiagnosticCode = "operator"
	// CodeOperatorCase is a remark.
	CodeOperatorCase DiagnosticCode = "operator-case"
	CodeConditionKey DiagnosticCode = "condition-key"
	// CodeConditionValue is a remark: the value matches nothing.
	CodeConditionValue DiagnosticCode = "condition-value"
	// CodeEmpty is a remark; where IAM's reading is not known the document is
	// not decidable.
	CodeEmpty DiagnosticCode = "empty"
	// CodeVariable is a remark: what looks like a variable is plain text, or
	// stands where IAM does not honour variables.
	CodeVariable DiagnosticCode = "variable"
)

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
