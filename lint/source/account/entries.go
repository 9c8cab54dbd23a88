package account

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
	"github.com/boundlint/boundlint/lint/source/stream"
)

// awsAccount stands for the account in the ARNs of AWS's own policies.
const awsAccount = "aws"

// The types below have the members that IAM gives
// (API reference, GetAccountAuthorizationDetails) and that the model has.

type attached struct {
	PolicyName string
	PolicyARN  string `json:"PolicyArn"`
}

type inline struct {
	PolicyName     string
	PolicyDocument json.RawMessage
}

// detail is what users, groups and roles have in common.
type detail struct {
	Path                    string
	ARN                     string `json:"Arn"`
	AttachedManagedPolicies []attached
	PermissionsBoundary     struct {
		PermissionsBoundaryARN string `json:"PermissionsBoundaryArn"`
	}
	Tags []struct{ Key, Value string }
}

type userDetail struct {
	detail
	UserName       string
	UserPolicyList []inline
	GroupList      []string
}

type groupDetail struct {
	detail
	GroupName       string
	GroupPolicyList []inline
}

type roleDetail struct {
	detail
	RoleName                 string
	AssumeRolePolicyDocument json.RawMessage
	RolePolicyList           []inline
	InstanceProfileList      []struct {
		Path, InstanceProfileName string
		ARN                       string `json:"Arn"`
	}
}

type policyDetail struct {
	PolicyName, Path  string
	ARN               string `json:"Arn"`
	DefaultVersionID  string `json:"DefaultVersionId"`
	PolicyVersionList []policyVersion
}

type policyVersion struct {
	Document         json.RawMessage
	VersionID        string `json:"VersionId"`
	IsDefaultVersion bool
	CreateDate       string
}

var errToken = stream.Errorf("it holds one of the private-use characters U+10FFFC and U+10FFFD, which boundlint needs for itself")

// maker makes parts of the model of what one element of a list says. Its err
// is set once a string cannot be told from a symbol.
type maker struct {
	*part
	options  Options
	arn      string
	provider string
	// places tell where attributes stand in files; nil for none.
	places Places
	err    error
}

func (rd *reader) maker(p *part, arn string) *maker {
	return &maker{part: p, options: rd.options, arn: arn, provider: p.model.Providers[0].Name, places: rd.places}
}

func (mk *maker) at(attribute string) iam.Location {
	return mk.place(attribute).Location(mk.arn, attribute)
}

func (mk *maker) place(attribute string) Place {
	if mk.places == nil {
		return Place{}
	}
	return mk.places(attribute)
}

// value is an attribute; "" is one that is not set.
func (mk *maker) value(s, attribute string) iam.Value {
	if policy.ContainsToken(s) {
		mk.err = errToken
	}
	return iam.Value{Text: policy.Literal(s), Set: s != "", Location: mk.at(attribute)}
}

// path is as IAM tells it, else as the ARN does.
func (mk *maker) path(path string) iam.Value {
	if path == "" {
		_, rest, _ := strings.Cut(mk.arn, "/")
		path = "/" + rest[:strings.LastIndexByte(rest, '/')+1]
	}
	return mk.value(path, "Path")
}

// name is as IAM tells it, else as the ARN does.
func (mk *maker) name(name, attribute string) iam.Value {
	if name == "" {
		name = mk.arn[strings.LastIndexByte(mk.arn, '/')+1:]
	}
	return mk.value(name, attribute)
}

func (mk *maker) entity(d detail, kind iam.EntityKind, name, attribute string) *iam.Entity {
	e := &iam.Entity{
		Kind: kind, Declared: iam.Declared{Address: d.ARN, Provider: mk.provider, Location: mk.at("")}, Type: "aws_iam_" + string(kind),
		Name: mk.name(name, attribute), Path: mk.path(d.Path), ARN: policy.Literal(d.ARN),
		Boundary: mk.value(d.PermissionsBoundary.PermissionsBoundaryARN, "PermissionsBoundary"),
	}
	tags := map[string]policy.Text{}
	for _, t := range d.Tags {
		tags[t.Key] = mk.value(t.Value, "Tags").Text
	}
	e.Tags.Values = iam.SortedTags(tags)
	mk.model.Entities = append(mk.model.Entities, e)
	return e
}

// held are the policies that somebody has.
func (mk *maker) held(kind iam.HolderKind, managed []attached, embedded []inline, list string) {
	for _, a := range managed {
		const route = "AttachedManagedPolicies"
		place := route + "[" + Quote(a.PolicyName) + "]"
		mk.model.Attachments = append(mk.model.Attachments, &iam.Attachment{
			Declared: iam.Declared{Address: mk.arn, Provider: mk.provider, Location: mk.at(place)}, HolderKind: kind, Holder: mk.value(mk.arn, ""),
			PolicyARN: mk.value(a.PolicyARN, place),
			Route:     route,
		})
	}
	for _, p := range embedded {
		place := list + "[" + Quote(p.PolicyName) + "]"
		mk.model.Inline = append(mk.model.Inline, &iam.InlinePolicy{
			Declared: iam.Declared{Address: mk.arn, Provider: mk.provider, Location: mk.at(place)}, HolderKind: kind, Holder: mk.value(mk.arn, ""),
			Name:     mk.value(p.PolicyName, place),
			Document: mk.document(p.PolicyDocument, policy.IdentityPolicy, place), Route: list,
		})
	}
}

// Quote is a name as a key in a path of attributes.
func Quote(name string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(name) + `"`
}

// entry decodes an entry, whose ARN stands in it, and finds the part that it
// belongs to: nil where it is to be passed over.
func (rd *reader) entry(shape *stream.Shape, d any, arn *string) (*part, *maker, error) {
	raw, err := rd.r.Raw()
	if err != nil {
		return nil, nil, err
	}
	at := rd.at()
	if err := shape.Check(raw, at); err != nil {
		return nil, nil, err
	}
	if err := stream.Decode(raw, at, d); err != nil {
		return nil, nil, err
	}
	p, err := rd.of(*arn)
	if p == nil || err != nil {
		return nil, nil, err
	}
	nulls, err := grants.Mismatches(raw, at)
	for _, m := range nulls {
		p.model.Input.Odd = append(p.model.Input.Odd, m.String())
	}
	return p, rd.maker(p, *arn), err
}

func (rd *reader) user() error {
	var d userDetail
	p, mk, err := rd.entry(userShape, &d, &d.ARN)
	if p == nil || err != nil {
		return err
	}
	mk.entity(d.detail, iam.User, d.UserName, "UserName")
	mk.held(iam.HolderUser, d.AttachedManagedPolicies, d.UserPolicyList, "UserPolicyList")
	for _, g := range d.GroupList {
		p.pending = append(p.pending, &iam.Membership{
			Declared: iam.Declared{Address: d.ARN, Provider: mk.provider, Location: mk.at("GroupList")}, User: mk.value(d.ARN, ""),
			Group: mk.value(g, "GroupList"),
		})
	}
	return mk.err
}

func (rd *reader) group() error {
	var d groupDetail
	p, mk, err := rd.entry(groupShape, &d, &d.ARN)
	if p == nil || err != nil {
		return err
	}
	g := &iam.Group{
		Declared: iam.Declared{Address: d.ARN, Provider: mk.provider, Location: mk.at("")}, Name: mk.name(d.GroupName, "GroupName"),
		Path: mk.path(d.Path), ARN: policy.Literal(d.ARN),
	}
	p.model.Groups = append(p.model.Groups, g)
	name, _ := g.Name.Known()
	p.groups[strings.ToLower(name)] = d.ARN
	mk.held(iam.HolderGroup, d.AttachedManagedPolicies, d.GroupPolicyList, "GroupPolicyList")
	return mk.err
}

func (rd *reader) role() error {
	var d roleDetail
	p, mk, err := rd.entry(roleShape, &d, &d.ARN)
	if p == nil || err != nil {
		return err
	}
	e := mk.entity(d.detail, iam.Role, d.RoleName, "RoleName")
	e.Trust = mk.document(d.AssumeRolePolicyDocument, policy.TrustPolicy, "AssumeRolePolicyDocument")
	mk.held(iam.HolderRole, d.AttachedManagedPolicies, d.RolePolicyList, "RolePolicyList")
	for _, profile := range d.InstanceProfileList {
		if profile.ARN == "" || p.seen[profile.ARN] {
			continue
		}
		p.seen[profile.ARN] = true
		own := rd.maker(p, profile.ARN)
		p.model.Profiles = append(p.model.Profiles, &iam.InstanceProfile{
			Declared: iam.Declared{Address: profile.ARN, Provider: mk.provider, Location: own.at("")},
			Name:     own.name(profile.InstanceProfileName, "InstanceProfileName"), Path: own.path(profile.Path),
			ARN: own.value(profile.ARN, "Arn").Text, Role: mk.value(d.ARN, ""),
		})
		if own.err != nil {
			return own.err
		}
	}
	return mk.err
}

func (rd *reader) policy() error {
	var d policyDetail
	p, mk, err := rd.entry(policyShape, &d, &d.ARN)
	if p == nil || err != nil {
		return err
	}
	document := mk.document(d.current(), policy.IdentityPolicy, "PolicyVersionList")
	if mk.provider == awsAccount {
		// It is not a customer-managed policy, and nobody in the account can
		// edit it.
		p.model.Lookups = append(p.model.Lookups, &iam.Lookup{
			Declared: iam.Declared{Address: d.ARN, Location: mk.at("")}, Type: "aws_iam_policy", Name: mk.name(d.PolicyName, "PolicyName"),
			Path: mk.path(d.Path),
			ARN:  mk.value(d.ARN, "Arn"), Document: document,
		})
		return mk.err
	}
	m := &iam.ManagedPolicy{
		Declared: iam.Declared{Address: d.ARN, Provider: mk.provider, Location: mk.at("")}, Name: mk.name(d.PolicyName, "PolicyName"),
		Path: mk.path(d.Path), ARN: policy.Literal(d.ARN),
		Document: document, OlderKnown: !mk.options.OnlyCurrent,
	}
	inForce := d.current()
	for _, v := range d.PolicyVersionList {
		stored := document
		if !bytes.Equal(v.Document, inForce) {
			stored = mk.document(v.Document, policy.IdentityPolicy, "PolicyVersionList")
			m.Older = append(m.Older, stored)
		}
		if created := when(v.CreateDate); !created.IsZero() {
			is := v.IsDefaultVersion || v.VersionID == d.DefaultVersionID
			m.Versions = append(m.Versions, iam.PolicyVersion{ID: v.VersionID, Created: created, InForce: is, Document: stored})
		}
	}
	slices.SortStableFunc(m.Versions, func(a, b iam.PolicyVersion) int { return a.Created.Compare(b.Created) })
	p.model.Policies = append(p.model.Policies, m)
	return mk.err
}

// current is the document of the default version, nil where it is not there.
func (d *policyDetail) current() json.RawMessage {
	for _, v := range d.PolicyVersionList {
		if v.IsDefaultVersion {
			return v.Document
		}
	}
	for _, v := range d.PolicyVersionList {
		if v.VersionID == d.DefaultVersionID && d.DefaultVersionID != "" {
			return v.Document
		}
	}
	return nil
}
