package account

import (
	"encoding/json"
	"net/url"
	"strings"
)

// The types of the answer, as far as the model is made of it. Names are those
// of the API.
type (
	userDetail struct {
		Path                    string           `json:"Path"`
		UserName                string           `json:"UserName"`
		Arn                     string           `json:"Arn"`
		UserPolicyList          []inlinePolicy   `json:"UserPolicyList"`
		GroupList               []string         `json:"GroupList"`
		AttachedManagedPolicies []attachedPolicy `json:"AttachedManagedPolicies"`
		PermissionsBoundary     boundary         `json:"PermissionsBoundary"`
		Tags                    []tag            `json:"Tags"`
	}
	groupDetail struct {
		Path                    string           `json:"Path"`
		GroupName               string           `json:"GroupName"`
		Arn                     string           `json:"Arn"`
		GroupPolicyList         []inlinePolicy   `json:"GroupPolicyList"`
		AttachedManagedPolicies []attachedPolicy `json:"AttachedManagedPolicies"`
	}
	roleDetail struct {
		Path                     string            `json:"Path"`
		RoleName                 string            `json:"RoleName"`
		Arn                      string            `json:"Arn"`
		AssumeRolePolicyDocument document          `json:"AssumeRolePolicyDocument"`
		InstanceProfileList      []instanceProfile `json:"InstanceProfileList"`
		RolePolicyList           []inlinePolicy    `json:"RolePolicyList"`
		AttachedManagedPolicies  []attachedPolicy  `json:"AttachedManagedPolicies"`
		PermissionsBoundary      boundary          `json:"PermissionsBoundary"`
		Tags                     []tag             `json:"Tags"`
	}
	policyDetail struct {
		PolicyName        string          `json:"PolicyName"`
		Arn               string          `json:"Arn"`
		Path              string          `json:"Path"`
		DefaultVersionID  string          `json:"DefaultVersionId"`
		PolicyVersionList []policyVersion `json:"PolicyVersionList"`
	}
	policyVersion struct {
		Document         document `json:"Document"`
		VersionID        string   `json:"VersionId"`
		IsDefaultVersion bool     `json:"IsDefaultVersion"`
	}
	instanceProfile struct {
		Path                string `json:"Path"`
		InstanceProfileName string `json:"InstanceProfileName"`
		Arn                 string `json:"Arn"`
	}
	inlinePolicy struct {
		PolicyName     string   `json:"PolicyName"`
		PolicyDocument document `json:"PolicyDocument"`
	}
	attachedPolicy struct {
		PolicyArn string `json:"PolicyArn"`
	}
	boundary struct {
		PermissionsBoundaryArn string `json:"PermissionsBoundaryArn"`
	}
	tag struct {
		Key   string `json:"Key"`
		Value string `json:"Value"`
	}
)

// document is a policy document: an object, or text that may be URL-encoded
// (RFC 3986), as the API sends it.
type document json.RawMessage

// UnmarshalJSON keeps the value as it stands.
func (d *document) UnmarshalJSON(raw []byte) error {
	*d = append((*d)[:0], raw...)
	return nil
}

// text is the document's JSON; false where there is none.
func (d document) text() (string, bool) {
	if len(d) == 0 || string(d) == "null" {
		return "", false
	}
	if d[0] != '"' {
		return string(d), true
	}
	var s string
	if json.Unmarshal(d, &s) != nil || s == "" {
		return "", false
	}
	if start := strings.TrimSpace(s); strings.HasPrefix(start, "%7B") || strings.HasPrefix(start, "%7b") || strings.HasPrefix(start, "%0A") || strings.HasPrefix(start, "%20") {
		if plain, err := url.PathUnescape(s); err == nil {
			return plain, true
		}
	}
	return s, true
}
