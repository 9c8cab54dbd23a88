package inquiry

import (
	"strings"

	"github.com/boundlint/boundlint/lint/authz"
	"github.com/boundlint/boundlint/lint/policy"
)

// bucketOf is the ARN of the bucket that an ARN or a pattern of ARNs is about, of it or of
// objects in it; "" where it is about none or may be about several. The ARNs of buckets name no
// account (Service Authorization Reference, Amazon S3).
func bucketOf(resource policy.Text) string {
	arn, ok := policy.ParseARN(resource)
	if !ok {
		return ""
	}
	service, _ := arn.Service.Known()
	account, known := arn.Account.Known()
	path, whole := arn.Resource.Known()
	name, _, _ := strings.Cut(path, "/")
	partition, _ := arn.Partition.Known()
	if service != "s3" || !known || account != "" || !whole || name == "" || partition == "" || strings.ContainsAny(partition+name, "*?$") {
		return ""
	}
	return "arn:" + partition + ":s3:::" + name
}

// buckets are the buckets of which the input of an inquiry has the policy.
func (q *Inquiry) buckets() []string {
	var out []string
	for _, p := range q.Model.ResourcePolicies {
		if bucket := bucketOf(p.Resource); bucket != "" && !p.Gone() {
			out = append(out, bucket)
		}
	}
	return out
}

// bucketOwner is the account that owns the bucket of an ARN, where the input of one account has
// the policy of the bucket, and that is not the inquiry's own; "" where none is known to.
func (q *Inquiry) bucketOwner(resource policy.Text) string {
	bucket := bucketOf(resource)
	if q.others == nil || bucket == "" {
		return ""
	}
	owner := ""
	for account, all := range q.others.owners[bucket] {
		for _, o := range all {
			if o.Model == q.Model || owner != "" && owner != account {
				return "" // a bucket is in one account alone
			}
		}
		owner = account
	}
	return owner
}

// owned is a query about what is in buckets of one other account, with that account.
func (s *Subject) owned(query *authz.Query) *authz.Query {
	owner := ""
	for i, x := range query.Resources {
		own := s.inquiry.bucketOwner(x)
		if own == "" || i > 0 && own != owner {
			return query
		}
		owner = own
	}
	if owner == "" {
		return query
	}
	out := *query
	out.ResourceAccount = owner
	return &out
}
