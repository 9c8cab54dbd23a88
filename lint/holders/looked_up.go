package holders

import (
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/iam"
)

// lookedUp are the policies of which an input has the document though it does
// not declare them: those that a data source has read, and AWS's own in an
// account dump. AWS's own are listed as of the partition aws.
func lookedUp(m *iam.Model) map[string]*iam.Lookup {
	out := map[string]*iam.Lookup{}
	for _, l := range m.Lookups {
		if !l.HasDocument() {
			continue
		}
		if arn, known := l.Found.Known(); known && arn != "" {
			out[OfPartitionAWS(arn)] = l
		}
	}
	return out
}

// OfPartitionAWS is the ARN of an AWS-managed policy in the partition aws, and
// any other ARN as it is.
func OfPartitionAWS(arn string) string {
	if _, tail, found := strings.Cut(arn, ":iam::aws:policy/"); found {
		return "arn:aws:iam::aws:policy/" + tail
	}
	return arn
}

// found is a policy that the input has looked up, nil where it has not.
func (a *Account) found(arn string) *authz.Policy {
	l := a.LookedUp[OfPartitionAWS(arn)]
	if l == nil {
		return nil
	}
	return a.Compile(l.Document, l.Address)
}
