// Package awsmanaged finds ARNs of AWS-managed policies that AWS does not have.
package awsmanaged

import (
	"fmt"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// unlistedPolicy is an AWS-managed policy that AWS's list does not have.
type unlistedPolicy struct {
	// Name is its path and name, near the one that was probably meant; "" where
	// none is near.
	Name, near string
	// surely tells that it is a misspelling and not a policy newer than the
	// list.
	surely bool
}

// NotListed finds that an ARN names an AWS-managed policy that the list does not
// have. What a state or a dump tells of is there, however new it is.
func NotListed(m *iam.Model, arn policy.Text) (unlistedPolicy, bool) {
	parts, ok := policy.ParseARN(arn)
	resource, known := parts.Resource.Known()
	name, isPolicy := strings.CutPrefix(resource, "policy/")
	if !ok || !known || !isPolicy || !holders.IsText(parts.Account, "aws") || !holders.IsText(parts.Service, "iam") ||
		!IsPolicyResource(resource) ||
		m.Input.Kind == iam.InputAccount || m.Input.Kind == iam.InputState {
		return unlistedPolicy{}, false
	}
	if _, listed := catalog.ManagedPolicy("arn:aws:iam::aws:" + resource); listed || isLookedUp(m, arn) {
		return unlistedPolicy{}, false
	}
	near := nearestManaged(name)
	partition, known := parts.Partition.Known()
	return unlistedPolicy{
		Name: name, near: near,
		// The list is that of the partition aws; a new version of a policy is
		// called after the last one; and AWS documents nothing about case.
		surely: near != "" && (!known || partition == "aws") && !strings.EqualFold(near, name) && withoutVersion(near) != withoutVersion(name),
	}, true
}

func isLookedUp(m *iam.Model, arn policy.Text) bool {
	return slices.ContainsFunc(m.Lookups, func(l *iam.Lookup) bool { return l.HasDocument() && l.Found.Equal(arn) })
}

// nearestManaged is the AWS-managed policy that was probably meant: the one of
// that name at its path, or else of a name that is near.
func nearestManaged(name string) string {
	base := name[strings.LastIndexByte(name, '/')+1:]
	if arn, ok := catalog.ManagedPolicyARN(base); ok {
		return pathOf(arn)
	}
	var bases []string
	paths := map[string]string{}
	for _, arn := range catalog.ManagedPolicyARNs() {
		path := pathOf(arn)
		other := path[strings.LastIndexByte(path, '/')+1:]
		bases = append(bases, other)
		paths[other] = path
	}
	return paths[policy.NearestWithin(base, bases, min(3, len(base)/6))]
}

func pathOf(arn string) string {
	_, path, _ := strings.Cut(arn, ":policy/")
	return path
}

// withoutVersion is a name without the digits and the v that tell versions of
// a policy apart.
func withoutVersion(name string) string {
	return strings.TrimRight(strings.TrimRight(strings.ToLower(name), "0123456789"), "v_-")
}

// Fault says what is wrong, and what to write.
func (u unlistedPolicy) Fault(arn policy.Text) (verdict lint.Verdict, message, remediation string) {
	if u.surely {
		return lint.Violation, fmt.Sprintf("AWS has no managed policy %s", u.Name),
			u.advice(arn) + fmt.Sprintf(", if that is meant; the list of AWS's policies is of %s.", DataDate())
	}
	message = fmt.Sprintf("AWS's list of managed policies of %s has no %s", DataDate(), u.Name)
	if u.near == "" {
		return lint.Undetermined, message, "Check the spelling. If the policy is newer than the list, exempt the finding."
	}
	return lint.Undetermined, message, u.advice(arn) + ", if that is meant. If the policy is newer than the list, exempt the finding."
}

func (u unlistedPolicy) advice(arn policy.Text) string {
	parts, _ := policy.ParseARN(arn)
	partition, known := parts.Partition.Known()
	if !known {
		return "Write policy/" + u.near
	}
	return fmt.Sprintf("Write arn:%s:iam::aws:policy/%s", partition, u.near)
}

// DataDate is the day of the lists that actions and keys are looked up in.
func DataDate() string { return catalog.Datasets()[0].Date.Format("2006-01-02") }

// IsPolicyResource reports whether IAM takes a text as the resource part of a policy's ARN (AWS API model:
// policyPathType, policyNameType): "policy/", a path, and a name of at most 128 characters.
func IsPolicyResource(text string) bool {
	rest, ok := strings.CutPrefix(text, "policy/")
	parts := strings.Split(rest, "/")
	for _, part := range parts {
		ok = ok && part != "" && strings.Trim(part, nameCharacters) == ""
	}
	return ok && len(parts[len(parts)-1]) <= longestName
}

const (
	nameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+=,.@-"
	longestName    = 128
)
