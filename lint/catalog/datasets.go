package catalog

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
	"time"
)

//go:embed data/sources.txt
var sourcesData string

// Dataset is one of the collections that the embedded facts were taken from.
type Dataset struct {
	// Package and Version name the release on npm.
	Package, Version string
	// Date is the day, UTC, of the newest fact: on which the actions and keys
	// were collected, and the newest managed policy was made.
	Date time.Time
}

// Datasets returns what the embedded facts were taken from: the actions, keys
// and resource types first, the managed policies second.
func Datasets() []Dataset {
	var out []Dataset
	for line := range strings.Lines(sourcesData) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		date, err := time.Parse(time.DateOnly, fields[len(fields)-1])
		if len(fields) != 3 || err != nil {
			panic("catalog: the embedded list of sources is damaged: " + line)
		}
		out = append(out, Dataset{Package: fields[0], Version: fields[1], Date: date})
	}
	return out
}

//go:embed data/passrole.txt
var passRoleData string

var passRoleList struct {
	once    sync.Once
	actions []string
}

// PassRoleActions returns the full names of the actions with which a caller
// hands an IAM role to a service, sorted: each needs iam:PassRole on the role.
// AWS's own lists of them are incomplete; data/passrole.txt says what was added.
// The slice must not be changed.
func PassRoleActions() []string {
	passRoleList.once.Do(func() {
		for line := range strings.Lines(passRoleData) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				passRoleList.actions = append(passRoleList.actions, line)
			}
		}
		slices.SortFunc(passRoleList.actions, compareFold)
	})
	return passRoleList.actions
}
