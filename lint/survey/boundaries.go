package survey

import (
	"strings"

	"github.com/boundlint/boundlint/lint/holders"
	"github.com/boundlint/boundlint/lint/iam"
	"github.com/boundlint/boundlint/lint/policy"
)

// Boundary is a permissions boundary in use, and how many entities have it.
type Boundary struct {
	Count
	// ARN is its ARN, with * for the parts that differ or are not known; ""
	// where its name is not known. Reference is then what entities refer to it
	// by.
	ARN, Reference string
	// Name is the last part of its ARN or of the reference.
	Name string
	// Wide tells that it limits nothing, as AdministratorAccess.
	Wide bool
	// Location is where the first entity has it.
	Location iam.Location
}

// boundary counts the boundary of an entity.
func (s *surveyor) boundary(e *iam.Entity) {
	v := e.Boundary
	switch {
	case !v.Set:
		s.out.Unbounded.add(e)
		return
	case v.Sensitive:
		s.out.Hidden.add(e)
		return
	}
	b := Boundary{Location: v.Location}
	if b.Location.File == "" {
		b.Location = e.Location
	}
	if b.ARN, b.Name = anyAccount(v.Text); b.ARN == "" {
		if len(v.References) == 0 {
			s.out.Hidden.add(e)
			return
		}
		b.Reference = strings.TrimSuffix(v.References[0], ".arn")
		b.Name = b.Reference[strings.LastIndexByte(b.Reference, '.')+1:]
	}
	b.Wide = holders.AWSWide(b.ARN) == policy.True
	key := b.ARN + "\x00" + b.Reference
	known := s.boundaries[key]
	if known == nil {
		known = &b
		s.boundaries[key] = known
	}
	known.add(e)
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
