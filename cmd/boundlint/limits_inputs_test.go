package main

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// limitInput makes an input that has n of what is limited.
type limitInput struct {
	files func(n int) map[string]string
	// args are those of lint; nil for the directory.
	args []string
	// looks is what the limit looks like where the page quotes nothing.
	looks string
}

// limitInputs are inputs for limits by the keys of limitRows. One of which the
// limit is reached says what the page says, one more than that is too much.
func limitInputs() map[string]limitInput {
	rep := strings.Repeat
	main := func(text string) map[string]string { return map[string]string{"main.tf": text} }
	role := func(expression string) string {
		return "resource \"aws_iam_role\" \"r\" {\n  name = \"r\"\n  permissions_boundary = " + expression + "\n}\n"
	}
	of := func(files func(n int) map[string]string) limitInput { return limitInput{files: files} }
	plan := func(text func(n int) string) limitInput {
		return limitInput{files: func(n int) map[string]string { return map[string]string{"plan.json": text(n)} }, args: []string{"plan.json"}}
	}
	const planBegins = `{"format_version":"1.2","terraform_version":"1.9.0","resource_changes":[`
	config := "rule \"boundary-missing\" {\n}\n"
	return map[string]limitInput{
		"maxFileSize of lint/source/tfconfig": of(func(n int) map[string]string { return main(rep("#", n-1) + "\n") }),
		"maxNesting of lint/source/tfconfig": of(func(n int) map[string]string {
			return main("locals {\n  a = " + rep("[", n-2) + rep("]", n-2) + "\n}\n")
		}),
		"maxChain of lint/source/tfconfig": of(func(n int) map[string]string { return main("locals {\n  a = 1" + rep("+1", n) + "\n}\n") }),
		"maxTokens of lint/source/tfconfig": of(func(n int) map[string]string {
			// The first and the last line are 5, and each list of 1,000 elements
			// 2,004; the rest are empty lines.
			const inner, each = 1000, 2*1000 + 4
			text := "locals {\n" + lines((n-5)/each, func(i int) string { return fmt.Sprintf("a%d=[%s]", i, rep("1,", inner)) }) + "}\n"
			return main(text + rep("\n", (n-5)%each))
		}),
		"maxJSON of lint/source/tfconfig": of(func(n int) map[string]string {
			return map[string]string{"main.tf.json": `{"locals":{"a":[` + rep("1,", n) + `1]}}`}
		}),
		"maxIgnores of lint/source/tfconfig": of(func(n int) map[string]string {
			return main(rep("# boundlint:ignore boundary-missing reason=\"x\"\n", n) + role("null"))
		}),
		"maxString of lint/source/tfconfig": of(func(n int) map[string]string {
			return main("locals {\n  a = \"" + rep("a", n-10) + "\"\n}\n" + role(`"${local.a}aaaaaaaaaa"`))
		}),
		"maxSymbols of lint/source/tfconfig": of(func(n int) map[string]string {
			return main("variable \"v\" {\n  type = string\n}\n" + role(`"`+rep("${var.v}", n)+`"`))
		}),
		"maxNodes of lint/source/tfconfig": of(func(n int) map[string]string {
			const inner = 1000 // lists of so many; the rest stands beside them
			lists := (n - 1) / (inner + 1)
			return main("locals {\n  a = [" + rep("range(1000), ", lists) + rep("1, ", n-1-lists*(inner+1)) + "]\n}\n" + role("local.a[0][0]"))
		}),
		"maxSet of lint/source/tfconfig": of(func(n int) map[string]string {
			return main(role(fmt.Sprintf(`join("", toset([for i in flatten([for a in range(11) : range(a * 1000, min(a * 1000 + 1000, %d))]) : i]))`, n)))
		}),
		"maxProduct of lint/source/tfconfig": of(func(n int) map[string]string {
			return main("locals {\n  a = range(1000)\n}\n" + role("length(concat("+rep("local.a, ", n/1000)+fmt.Sprintf("range(%d)))", n%1000)))
		}),
		"maxInstances of lint/source/tfconfig":      of(func(n int) map[string]string { return emptyModules(n, n) }),
		"maxTotalInstances of lint/source/tfconfig": of(func(n int) map[string]string { return emptyModules(n, 5000) }),
		"maxModuleDepth of lint/source/tfconfig": {files: func(n int) map[string]string {
			files := map[string]string{fmt.Sprintf("m%d/main.tf", n): "locals {}\n"}
			for i := range n {
				name := "main.tf"
				if i > 0 {
					name = fmt.Sprintf("m%d/main.tf", i)
				}
				files[name] = fmt.Sprintf("module \"m\" {\n  source = \"%sm%d\"\n}\n", map[bool]string{true: "./", false: "../"}[i == 0], i+1)
			}
			return files
		}},
		"maxTemplateDepth of lint/source/tfconfig": of(func(n int) map[string]string {
			files := map[string]string{"main.tf": role(`templatefile("t1", {})`), fmt.Sprintf("t%d", n): "x"}
			for i := 1; i < n; i++ {
				files[fmt.Sprintf("t%d", i)] = fmt.Sprintf(`${templatefile("t%d", {})}`, i+1)
			}
			return files
		}),
		"maxYAML of lint/source/tfconfig": of(func(n int) map[string]string {
			return map[string]string{"main.tf": role(`yamldecode(file("a.yaml"))`), "a.yaml": "a: " + rep("x", n-3)}
		}),
		"maxPath of lint/source/tfconfig": of(func(n int) map[string]string {
			return main(role(`file("` + rep("./", n/2) + rep("f", n%2) + `")`))
		}),
		"maxProblems of lint/source/tfconfig": of(func(n int) map[string]string {
			return main(lines(n, func(i int) string {
				return fmt.Sprintf("resource \"aws_iam_role\" \"r%d\" {\n  name = nothing%d()\n}", i, i)
			}))
		}),
		"MaxPatterns of lint/glob": {files: func(n int) map[string]string {
			return map[string]string{"main.tf": "", ".boundlint.hcl": "exclude = [\"a.{" + rep("b,", n-1) + "b}\"]\n"}
		}},
		"maxNames of lint/source/stream": plan(func(n int) string {
			members := strings.TrimSuffix(lines(n, func(i int) string { return fmt.Sprintf(`"a%d":1,`, i) }), ",\n")
			return planBegins + "{" + members + "}]}"
		}),
		"maxDepth of lint/source/stream": plan(func(n int) string { return planBegins + `],"x":` + rep("[", n-1) + rep("]", n-1) + "}" }),
		"maxDepth of lint/policy": {files: func(n int) map[string]string {
			return main("resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = <<EOT\n" + `{"Statement":` + rep("[", n-1) + "1" + rep("]", n-1) + "}\nEOT\n}\n")
		}},
		"ManagedPolicySize of lint/iam": {files: func(n int) map[string]string {
			document := `{"Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/` // then a Sid of the wanted length
			return main("resource \"aws_iam_policy\" \"p\" {\n  name = \"p\"\n  policy = <<EOT\n" + document + rep("k", n-len(document)-len(`"}}`)) + "\"}}\nEOT\n}\n")
		}, looks: `"rule": "policy-too-long"`},
		"maxNodes of lint/escalation":    of(func(n int) map[string]string { return main(joiners(n)) }),
		"maxExtended of lint/escalation": of(func(n int) map[string]string { return main(joiner("u", n) + denyingGroups(n)) }),
		"maxBytes of lint/config": {files: func(n int) map[string]string {
			return map[string]string{"main.tf": "", ".boundlint.hcl": config + rep("#", n-len(config)-1) + "\n"}
		}},
		"maxDocumentBytes of lint/config": {files: func(n int) map[string]string {
			document := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}`
			return map[string]string{
				"main.tf": "", "b.json": document + rep(" ", n-len(document)),
				".boundlint.hcl": "boundary \"b\" {\n  arns = [\"arn:aws:iam::*:policy/b\"]\n  document = \"b.json\"\n}\n",
			}
		}},
		"maxMember of lint/source/planfile": {files: func(n int) map[string]string {
			return map[string]string{"plan": binaryPlanOf(string(make([]byte, n)))}
		}, args: []string{"plan"}},
	}
}

// emptyModules are n calls of a module in which there is nothing, so many of
// them by a block.
func emptyModules(n, each int) map[string]string {
	return map[string]string{"m/main.tf": "locals {}\n", "main.tf": lines((n+each-1)/each, func(i int) string {
		return fmt.Sprintf("module \"m%d\" {\n  source = \"./m\"\n  count = %d\n}", i, min(each, n-i*each))
	})}
}

// joiners are users with so many states for each, and those that are followed
// besides. A user has one as it is, and one for each group that it joins; all together
// have one with everything allowed.
func joiners(each int) string {
	const users, groups, besides = 20, 57, 1000
	text := denyingGroups(groups)
	left := each*users + besides - users - 1
	for i := range users {
		some := min(groups, left-(users-1-i)*(left/users))
		text += joiner(fmt.Sprintf("u%d", i), some)
		left -= some
	}
	return text
}

// joiner is a user who may join so many groups, each of which keeps it from
// joining another.
func joiner(name string, groups int) string {
	return fmt.Sprintf("resource \"aws_iam_user\" \"%[1]s\" {\n  name = \"app-%[1]s\"\n}\n"+
		"resource \"aws_iam_user_policy\" \"%[1]s\" {\n  user = aws_iam_user.%[1]s.name\n  policy = jsonencode({ Statement = [{ Effect = \"Allow\", "+
		"Action = \"iam:AddUserToGroup\", Resource = [for i in range(%[2]d) : \"arn:aws:iam::*:group/g${i}\"] }] })\n}\n", name, groups)
}

func denyingGroups(n int) string {
	return lines(n, func(i int) string {
		return fmt.Sprintf("resource \"aws_iam_group\" \"g%[1]d\" {\n  name = \"g%[1]d\"\n}\n"+
			"resource \"aws_iam_group_policy\" \"g%[1]d\" {\n  group = aws_iam_group.g%[1]d.name\n"+
			"  policy = jsonencode({ Statement = [{ Effect = \"Deny\", Action = \"iam:*\", Resource = \"*\" }] })\n}", i)
	}) + "\n"
}

// binaryPlanOf is a binary plan with nothing in it but that member.
func binaryPlanOf(member string) string {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("tfplan")
	if err == nil {
		_, err = io.WriteString(w, member)
	}
	if err != nil || z.Close() != nil {
		panic("an archive in memory cannot be written")
	}
	return b.String()
}
