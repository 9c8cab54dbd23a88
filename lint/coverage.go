package lint

import (
	"slices"

	"github.com/boundlint/boundlint/lint/iam"
)

// Coverage says how much of what an input holds was looked at, and names what
// was not: silence about that would look like a pass.
type Coverage struct {
	// Roots counts the root modules that were judged: 1 for a directory, more
	// where several are taken together as one account, 0 for any other input.
	Roots int
	// Directories are those whose configuration the root modules are made of,
	// Unread those with configuration, in and below the path that was named,
	// that no root module of the run is made of.
	Directories, Unread []string
	// Calls counts the module calls that were followed; Unfollowed are the
	// addresses of those that were not.
	Calls      int
	Unfollowed []string
	// Stacks are the addresses of CloudFormation stacks that may make roles.
	Stacks []string
	// Empty are the addresses of blocks of which there is certainly no instance.
	// What they would make is not judged, and Terraform makes nothing of it.
	Empty []string
	// Policies and Boundaries are those in use whose document neither the input
	// nor the configuration has: by ARN, by the reference that hides which one
	// it is, or by the address of the resource whose document is unknown.
	Policies, Boundaries []string
}

// CoverageSum is a Coverage in numbers, of one input or of several.
type CoverageSum struct {
	// Roots counts root modules, Directories those with configuration, and
	// Unread the ones among them that no root module judged is made of.
	Roots, Directories, Unread int
	// Calls counts module calls, and Unfollowed the ones among them that were
	// not followed.
	Calls, Unfollowed                   int
	Stacks, Empty, Policies, Boundaries int
}

// Complete reports whether everything was looked at. Blocks of which there is
// no instance are not a gap: what will be applied has nothing of them.
func (c CoverageSum) Complete() bool {
	return c.Unread+c.Unfollowed+c.Stacks+c.Policies+c.Boundaries == 0
}

// Add adds the numbers of another run.
func (c *CoverageSum) Add(other CoverageSum) {
	c.Roots += other.Roots
	c.Directories += other.Directories
	c.Unread += other.Unread
	c.Calls += other.Calls
	c.Unfollowed += other.Unfollowed
	c.Stacks += other.Stacks
	c.Empty += other.Empty
	c.Policies += other.Policies
	c.Boundaries += other.Boundaries
}

// Cover counts what was looked at in the inputs of one run. A directory that one
// input leaves out may be judged with another: it is taken from the list.
func (r *Report) Cover() {
	read := map[string]bool{}
	for i := range r.Inputs {
		for _, dir := range r.Inputs[i].Coverage.Directories {
			read[dir] = true
		}
	}
	for i := range r.Inputs {
		c := &r.Inputs[i].Coverage
		c.Unread = slices.DeleteFunc(slices.Clone(c.Unread), func(dir string) bool { return read[dir] })
	}
	r.Coverage = SumCoverage(r.Inputs)
}

// SumCoverage counts what was looked at in several inputs of one run. A root
// module that is judged in several workspaces, or as both tools read it, is one.
func SumCoverage(inputs []InputSummary) CoverageSum {
	var sum CoverageSum
	type reading struct {
		path string
		tool iam.Tool
	}
	readings := map[reading]int{}         // how many inputs there are of each
	empty := map[reading]map[string]int{} // in how many of them a block has no instance
	roots, calls := map[string]int{}, map[string]int{}
	directories, unread, named := map[string]bool{}, map[string]bool{}, map[string]bool{}
	count := func(n *int, of, path string, names []string) {
		for _, name := range names {
			if key := of + "\x00" + path + "\x00" + name; !named[key] {
				named[key] = true
				*n++
			}
		}
	}
	for i := range inputs {
		in := &inputs[i]
		c := &in.Coverage
		at := reading{in.Path, in.Tool}
		readings[at]++
		if empty[at] == nil {
			empty[at] = map[string]int{}
		}
		for _, address := range c.Empty {
			empty[at][address]++
		}
		roots[in.Path], calls[in.Path] = max(roots[in.Path], c.Roots), max(calls[in.Path], c.Calls)
		for _, dir := range c.Directories {
			directories[dir] = true
		}
		for _, dir := range c.Unread {
			unread[dir] = true
		}
		count(&sum.Unfollowed, "module", in.Path, c.Unfollowed)
		count(&sum.Stacks, "stack", in.Path, c.Stacks)
		count(&sum.Policies, "policy", "", c.Policies)
		count(&sum.Boundaries, "boundary", "", c.Boundaries)
	}
	for path := range roots {
		sum.Roots += roots[path]
		sum.Calls += calls[path]
	}
	for at, addresses := range empty {
		for _, n := range addresses {
			if n == readings[at] {
				sum.Empty++
			}
		}
	}
	sum.Unread, sum.Calls = len(unread), sum.Calls+sum.Unfollowed
	sum.Directories = len(directories) + len(unread)
	return sum
}
