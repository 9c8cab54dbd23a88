package survey

import (
	"strconv"
	"strings"

	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/internal/lazy"
	"github.com/boundlint/boundlint/lint/policy"
)

// Boundary is a permissions boundary in use, and how many entities have it.
type Boundary struct {
	Count
	// ARN is its ARN, with * for the parts that differ or are not known; ""
	// where its name is not known. Reference is then what entities refer to it
	// by.
	ARN, Reference string
	// Label names the block that approves it: the last part of its ARN or of the
	// reference.
	Label string
	// Wide tells that it limits nothing, as AdministratorAccess.
	Wide bool
	// Location is where the first entity has it.
	Location iam.Location
}

// notInLabels is what the label of a boundary block cannot have.
var notInLabels = lazy.Regexp(`[^\w+=,.@-]+`)

// label gives each boundary a label of its own.
func label(boundaries []Boundary) {
	taken := map[string]int{}
	for i := range boundaries {
		b := &boundaries[i]
		b.Label = notInLabels().ReplaceAllString(b.Label, "-")
		if taken[b.Label]++; taken[b.Label] > 1 {
			b.Label += "-" + strconv.Itoa(taken[b.Label])
		}
	}
}

// boundary counts the boundary of an entity once, in however many workspaces
// it has it. The key names the entity.
func (s *surveyor) boundary(m *iam.Model, key string, e *iam.Entity) {
	count := func(c *Count, boundary string) {
		if key := key + "\x00" + boundary; !s.seen[key] {
			s.seen[key] = true
			c.add(e)
		}
	}
	v := e.Boundary
	switch {
	case !v.Set:
		count(&s.out.Unbounded, "none")
		return
	case v.Sensitive:
		count(&s.out.Hidden, "hidden")
		return
	}
	b := Boundary{Location: v.Location}
	if b.Location.File == "" {
		b.Location = e.Location
	}
	if b.ARN, b.Label = anyAccount(v.Text); b.ARN == "" {
		if len(v.References) == 0 {
			count(&s.out.Hidden, "hidden")
			return
		}
		b.Reference = strings.TrimSuffix(v.References[0], ".arn")
		b.Label = b.Reference[strings.LastIndexByte(b.Reference, '.')+1:]
	}
	if s.secret(m, b.ARN) || s.secret(m, b.Reference) || s.secret(m, b.Label) {
		count(&s.out.Hidden, "hidden")
		return
	}
	b.Wide = holders.AWSWide(b.ARN) == policy.True
	id := b.ARN + "\x00" + b.Reference
	known := s.boundaries[id]
	if known == nil {
		known = &b
		s.boundaries[id] = known
	}
	count(&known.Count, id)
}

// anyAccount is the ARN of a managed policy in whatever account and partition
// it is, and its name; AWS's own policies are in none. It is "" where the name
// is not known.
func anyAccount(x policy.Text) (arn, name string) {
	a, ok := policy.ParseARN(x)
	if !ok {
		return "", ""
	}
	resource, known := a.Resource.Known()
	path, isPolicy := strings.CutPrefix(resource, "policy/")
	if !known || !isPolicy || path == "" {
		return "", ""
	}
	account, partition := "*", "*"
	if id, known := a.Account.Known(); known && id == "aws" {
		account = id
	}
	if p, known := a.Partition.Known(); known {
		partition = p
	}
	return "arn:" + partition + ":iam::" + account + ":" + resource, path[strings.LastIndexByte(path, '/')+1:]
}
