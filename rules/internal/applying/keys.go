package applying

import (
	"maps"
	"slices"
	"strings"

	"github.com/boundlint/boundlint/lint/calls"
	"github.com/boundlint/boundlint/lint/catalog"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// keys fills in the condition keys of a request.
type keys struct {
	*maker
	call    *calls.Call
	action  *catalog.Action
	request *Request
}

func (k *keys) carries(key string) bool {
	return k.action != nil && k.action.Presence(key) != catalog.PresentNever
}

func (k *keys) set(key string, values ...policy.Text) {
	placed := make([]policy.Text, len(values))
	for i, v := range values {
		placed[i] = k.deployer.place(v)
	}
	k.request.Context.SetTexts(key, placed...)
}

// iamRegions are where IAM's endpoint is, by partition: the Region of its
// requests, whichever the provider is configured for (AWS General Reference,
// IAM endpoints).
var iamRegions = map[string]string{"aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1"}

// global sets the keys that all calls of the provider carry.
func (k *keys) global() {
	c := &k.request.Context
	c.Set("aws:SecureTransport", "true")
	c.Set("aws:ViaAWSService", "false")
	if !k.deployer.Account.IsEmpty() {
		c.SetTexts("aws:ResourceAccount", k.deployer.Account)
	}
	partition, _ := k.deployer.Partition.Known()
	region, known := iamRegions[partition]
	if known && k.action != nil && k.action.Service == "iam" && (len(k.call.Services) == 0 || k.table.Object.Kind != "") {
		c.Set("aws:RequestedRegion", region)
	} else {
		c.SetHidden("aws:RequestedRegion")
	}
}

// boundary sets iam:PermissionsBoundary: the boundary that is asked for, or the
// one that the entity has which the call is about.
func (k *keys) boundary(on *thing) {
	if !k.carries(policy.BoundaryKey) {
		return
	}
	if on == nil || on.entity == nil {
		k.request.Context.SetHidden(policy.BoundaryKey)
		return
	}
	e := on.entity
	old := e.HasBefore && k.call.Boundary == "" && (k.call.Of == calls.Delete || on.planned == k.planned && k.call.Of == calls.Update)
	v := e.Boundary
	if old {
		v = e.Before
	}
	if v.Set {
		k.value(policy.BoundaryKey, []*iam.Value{&v})
	}
}

// value sets a key to the first of some values; none leave the request without
// it.
func (k *keys) value(key string, values []*iam.Value) {
	if len(values) == 0 {
		return
	}
	if v := values[0]; v.Nullable {
		k.request.Hidden = v
		k.request.Context.SetHidden(key, k.deployer.place(v.Text))
	} else {
		k.set(key, v.Text)
	}
}

// policy sets iam:PolicyARN; of a list, to the one value that the request is
// about.
func (k *keys) policy(v *iam.Value) {
	switch {
	case k.call.Policy == "":
	case k.call.Each && k.call.Policy == k.call.If && v != nil:
		k.set("iam:PolicyARN", v.Text)
	default:
		if list := k.side(k.call)[k.call.Policy]; len(list) > 0 {
			k.set("iam:PolicyARN", list[0].Text)
		}
	}
}

// service sets the keys that name a service.
func (k *keys) service() {
	switch len(k.call.Services) {
	case 0:
	case 1:
		k.request.Context.Set("iam:PassedToService", k.call.Services...)
	default:
		var all []policy.Text
		for _, s := range k.call.Services {
			all = append(all, policy.Literal(s))
		}
		k.request.Context.SetHidden("iam:PassedToService", all...)
	}
	if k.call.ServiceName != "" {
		k.value("iam:AWSServiceName", k.side(k.call)[k.call.ServiceName])
	}
}

// The beginnings of the keys of tags.
const (
	requestTag = "aws:RequestTag/"
	tagKeys    = "aws:TagKeys"
)

// tags sets the tags of the request, and those of what it is about.
func (k *keys) tags(on *thing) {
	if k.call.Tags {
		k.requestTags()
	}
	for _, prefix := range []string{"aws:ResourceTag/", "iam:ResourceTag/"} {
		k.resourceTags(prefix, on)
	}
}

// requestTags sets the tags that the request brings along.
func (k *keys) requestTags() {
	values, hidden := k.planned.Tags.Map(), k.planned.Tags.Hidden
	if k.call.Of == calls.Update {
		values = changedTags(k.planned.Tags, k.planned.TagsBefore)
		hidden = hidden || k.planned.TagsBefore.Hidden
		if k.call.To == calls.Unset {
			values = removedTags(k.planned.Tags, k.planned.TagsBefore)
		}
	}
	var names []policy.Text
	for _, name := range slices.Sorted(maps.Keys(values)) {
		names = append(names, policy.Literal(name))
		if k.call.To != calls.Unset {
			k.set(requestTag+name, values[name])
		}
	}
	if hidden {
		k.request.Context.SetHidden(tagKeys)
		k.hideTags(requestTag, values)
	} else if len(names) > 0 {
		k.set(tagKeys, names...)
	}
}

// resourceTags sets the tags of what the call is about: what is created has none
// yet.
func (k *keys) resourceTags(prefix string, on *thing) {
	if k.action == nil || !k.carries(prefix+"x") {
		return
	}
	var tags iam.Tags
	switch {
	case on == nil || on.planned == nil:
		tags.Hidden = true
	case on.planned == k.planned && k.call.Of == calls.Create && k.call.Besides:
		// It is not documented whether they are there already.
		tags.Hidden = true
	case on.planned == k.planned && k.call.Of == calls.Create && strings.HasPrefix(k.action.Name, "Create"):
	case on.planned.Before != nil && (on.planned == k.planned && k.call.Of != calls.Read || k.call.Of == calls.Delete):
		tags = on.planned.TagsBefore
	default:
		tags = on.planned.Tags
	}
	for _, tag := range tags.Values {
		k.set(prefix+tag.Key, tag.Value)
	}
	if tags.Hidden {
		k.hideTags(prefix, tags.Map())
	}
}

// hideTags hides the tags that policies ask for, all but the known ones.
func (k *keys) hideTags(prefix string, known map[string]policy.Text) {
	for _, key := range k.deployer.mentioned {
		if len(key) <= len(prefix) || !strings.EqualFold(key[:len(prefix)], prefix) {
			continue
		}
		isKnown := func(name string) bool { return strings.EqualFold(name, key[len(prefix):]) }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(known)), isKnown) {
			k.request.Context.SetHidden(key)
		}
	}
}
