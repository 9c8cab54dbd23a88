package catalog

import (
	_ "embed"
	"slices"
	"strings"
	"sync"

	"github.com/boundlint/boundlint/lint/internal/pack"
)

//go:embed data/policies.pack
var policiesData string

var policies policyStore

// policyStore is the opened pack of managed policies.
type policyStore struct {
	once sync.Once
	file *pack.File
}

func (s *policyStore) open() *pack.File {
	s.once.Do(func() { s.file = mustOpen(policiesData) })
	return s.file
}

const (
	partition         = "aws"
	managedPolicyTail = ":iam::aws:policy/"
)

// ManagedPolicy returns the current document of an AWS-managed policy, as
// compact JSON. The policy is named by its ARN in any partition, by path and
// name ("service-role/AWSLambdaBasicExecutionRole"), or by name alone; names
// of AWS-managed policies are unique.
//
// The documents are those of the partition aws. Under an ARN of another
// partition the document has that partition in its own ARNs, for otherwise
// none of them could match there (semantics 6.7); what else differs there is
// not known here.
func ManagedPolicy(arnOrName string) (document string, ok bool) {
	file := policies.open()
	in, key := partition, arnOrName
	if tail, isARN := strings.CutPrefix(arnOrName, "arn:"); isARN {
		in, key, ok = strings.Cut(tail, managedPolicyTail)
		if !ok || in == "" || strings.Contains(in, ":") {
			return "", false
		}
	}
	document, ok = mustText(file, key)
	if !ok && in == partition && !strings.HasPrefix(arnOrName, "arn:") {
		suffix := "/" + key
		i := slices.IndexFunc(file.Names(), func(name string) bool { return strings.HasSuffix(name, suffix) })
		if i < 0 || strings.Contains(key, "/") {
			return "", false
		}
		document, ok = mustText(file, file.Names()[i])
	}
	if in != partition {
		document = strings.ReplaceAll(document, `"arn:`+partition+`:`, `"arn:`+in+`:`)
	}
	return document, ok
}

// ManagedPolicyARNs returns the ARNs of all AWS-managed policies of the
// partition aws, sorted.
func ManagedPolicyARNs() []string {
	names := policies.open().Names()
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = "arn:" + partition + managedPolicyTail + name
	}
	return out
}

// ManagedPolicyARN returns the ARN, in the partition aws, of the AWS-managed
// policy of a name; names of AWS-managed policies are unique.
func ManagedPolicyARN(name string) (arn string, ok bool) {
	for _, path := range policies.open().Names() {
		if path == name || strings.HasSuffix(path, "/"+name) && !strings.Contains(name, "/") {
			return "arn:" + partition + managedPolicyTail + path, true
		}
	}
	return "", false
}
