package results

// The weights of rows: about how many bytes of text they hold. A single row is
// small but where its input makes it large.

func (f *Finding) weight() int {
	n := len(f.Message) + len(f.Remediation) + len(f.Address) + length(f.Excerpt) + length(f.Cause)
	if f.Witness != nil {
		n += f.Witness.weight()
	}
	n += weightOf(f.Steps)
	for i := range f.Related {
		r := &f.Related[i]
		n += len(r.Address) + len(r.Message) + length(r.File) + weightOf(r.Steps)
	}
	return n + listed(f.Workspaces) + listed(f.Controls)
}

func (w *Witness) weight() int {
	n := len(w.Principal) + len(w.Action) + len(w.Resource) + listed(w.Absent)
	for i := range w.Context {
		n += len(w.Context[i].Key) + listed(w.Context[i].Values)
	}
	return n
}

func weightOf(steps []Step) int {
	n := 0
	for i := range steps {
		s := &steps[i]
		n += len(s.From) + len(s.To) + len(s.Message)
		for j := range s.Requests {
			n += s.Requests[j].weight()
		}
	}
	return n
}

func (e *Entity) weight() int { return len(e.Address) + len(e.Name) + length(e.Boundary) }

func (in *Input) weight() int {
	n := len(in.InputPath) + len(in.Root)
	for _, list := range [][]string{
		in.Reasons, in.Beyond, in.UnreadDirectories, in.UnfollowedCalls, in.Stacks, in.UnknownPolicies, in.UnknownBoundaries,
	} {
		n += listed(list)
	}
	for i := range in.Configuration {
		n += len(in.Configuration[i].File) + listed(in.Configuration[i].Off)
	}
	return n
}

func length(s *string) int {
	if s == nil {
		return 0
	}
	return len(*s)
}

func listed(list []string) int {
	n := 0
	for _, s := range list {
		n += len(s)
	}
	return n
}
