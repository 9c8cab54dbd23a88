package organization

import (
	"github.com/boundlint/boundlint/lint/files"
	"github.com/boundlint/boundlint/lint/iam"
)

func answersIn(*files.Tree) []string { return nil }

func (d *directory) answers() ([]*iam.Model, error) { return nil, nil }
