package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestSARIFFixesFix makes the changes that SARIF asks for and lints again.
func TestSARIFFixesFix(t *testing.T) {
	const trust = "  assume_role_policy = jsonencode({ Version = \"2012-10-17\", Statement = [{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = { Service = \"ec2.amazonaws.com\" } }] })\n}\n"
	workspace(t, map[string]string{
		"main.tf": "resource \"aws_iam_role\" \"a\" {\n  name = \"app-a\"\n" + trust +
			"resource \"aws_iam_role\" \"b\" {\n  name = \"app-b\"\n  permissions_boundary = null\n" + trust,
		".boundlint.hcl": "boundary \"b\" {\n  arns = [\"arn:aws:iam::111122223333:policy/b\"]\n}\n",
	})
	if got := boundlint(t, "", nil, "--format", "sarif=out.sarif", "."); got.code != exitFindings {
		t.Fatalf("%+v", got)
	}
	var log struct {
		Runs []struct {
			Results []struct {
				Fixes []struct {
					ArtifactChanges []struct {
						ArtifactLocation struct{ URI string }
						Replacements     []struct {
							DeletedRegion   struct{ StartLine, StartColumn, EndColumn int }
							InsertedContent struct{ Text string }
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(read(t, "out.sarif")), &log); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(read(t, "main.tf"), "\n")
	made := 0
	for _, result := range log.Runs[0].Results {
		for _, fix := range result.Fixes {
			for _, r := range fix.ArtifactChanges[0].Replacements {
				line := &lines[r.DeletedRegion.StartLine-1]
				*line = (*line)[:r.DeletedRegion.StartColumn-1] + r.InsertedContent.Text + (*line)[r.DeletedRegion.EndColumn-1:]
				made++
			}
		}
	}
	if err := os.WriteFile("main.tf", []byte(strings.Join(lines, "")), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := boundlint(t, "", nil, "."); made != 2 || got.code != exitClean {
		t.Errorf("%d changes: %+v\n%s", made, got, read(t, "main.tf"))
	}
}
