package authz

import (
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/policy"
)

// The templates of AWS's list leave open what a name may hold: that of a bucket
// takes the ARN of an object, too. These types have names without a slash, and
// what has one after the name is something else (Amazon S3, rules for the names
// of buckets and access points).
var withinNames = map[string]string{
	"s3:bucket":      "*/*",
	"s3:accesspoint": "accesspoint/*/*",
}

// within is a glob over the tails of ARNs that the template of a type takes and
// that are of something in such a resource; "" for none.
func within(t *catalog.ResourceType) string { return withinNames[t.Service+":"+t.Name] }

// isWithin reports whether a known ARN is of something in a resource of a type.
func isWithin(t *catalog.ResourceType, arn string) bool {
	glob := within(t)
	if glob == "" {
		return false
	}
	parts := strings.SplitN(arn, ":", arnSegments)
	return len(parts) == arnSegments && policy.Glob(glob, parts[arnSegments-1])
}
