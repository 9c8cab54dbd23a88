package calls

import (
	"maps"
	"sync"
)

// table has all types.
var table = sync.OnceValue(func() map[string]*Type {
	all := map[string]*Type{}
	for _, group := range []map[string]*Type{
		entities(), policies(), attachments(), credentials(), account(), handovers(), permissionSets(), dataSources(),
	} {
		maps.Copy(all, group)
	}
	return all
})

// on is a target that the resource names by attributes.
func on(kind, name string) *Target { return &Target{Kind: kind, Name: name} }
