package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object.
type object = map[string]any

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(text)
}

// created is a resource that a plan creates.
func created(typ, name string, after object) object {
	return object{
		"address": typ + "." + name, "mode": "managed", "type": typ, "name": name, "provider_name": "registry.terraform.io/hashicorp/aws",
		"change": object{"actions": []string{"create"}, "before": nil, "after": after, "after_unknown": object{"id": true}, "before_sensitive": false, "after_sensitive": object{}},
	}
}

// planOf is a plan of resources, with more members.
func planOf(resources []object, more object) string {
	plan := object{"format_version": "1.2", "terraform_version": "1.9.0", "complete": true, "errored": false, "resource_changes": resources}
	for name, v := range more {
		plan[name] = v
	}
	return asJSON(plan)
}

const (
	hostileAccount = "arn:aws:iam::111122223333:"
	hostileTrust   = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}]}`
)

func plannedRole(i int, trust string) object {
	name := fmt.Sprintf("app-%d", i)
	return created("aws_iam_role", "r"+fmt.Sprint(i), object{
		"name": name, "path": "/", "arn": hostileAccount + "role/" + name, "assume_role_policy": trust, "permissions_boundary": hostileAccount + "policy/boundary",
	})
}

// many makes a list of n.
func many[T any](n int, one func(i int) T) []T {
	out := make([]T, n)
	for i := range out {
		out[i] = one(i)
	}
	return out
}

// hostilePlans are plans, n large.
func hostilePlans(n int) []hostileCase {
	few := min(n, 3000)
	deep := func(open, shut string, depth int) string {
		return strings.Repeat(open, depth) + "1" + strings.Repeat(shut, depth)
	}
	allow := func(action, resource any) string {
		return asJSON(object{"Version": "2012-10-17", "Statement": []object{{"Effect": "Allow", "Action": action, "Resource": resource}}})
	}
	inline := func(i int, document string) object {
		return created("aws_iam_role_policy", fmt.Sprintf("p%d", i), object{"name": fmt.Sprintf("p%d", i), "role": fmt.Sprintf("app-%d", i), "policy": document})
	}
	head := `{"format_version":"1.2","terraform_version":"1.9.0","resource_changes":[`
	role := asJSON(plannedRole(0, hostileTrust))
	texts := map[string]string{
		"values nested deep":      head + strings.Replace(role, `"/"`, deep("[", "]", min(n, 9000)), 1) + "]}",
		"objects nested deep":     head + strings.Replace(role, `"/"`, deep(`{"a":`, "}", min(n, 4000)), 1) + "]}",
		"nested beyond the limit": head + deep("[", "]", 20_000) + "]}",
		"a document nested deep":  planOf([]object{plannedRole(0, deep(`{"Statement":[`, "]}", min(n, 5000)))}, nil),
		"a member of very many":   head + role + `],"x":{` + strings.TrimSuffix(lines(n, func(i int) string { return fmt.Sprintf(`"a%d":1,`, i) }), ",\n") + "}}",
		"a role of very many":     head + strings.Replace(role, `"path":"/"`, strings.TrimSuffix(lines(n, func(i int) string { return fmt.Sprintf(`"a%d":1,`, i) }), ",\n"), 1) + "]}",
		"long names":              planOf(many(20, func(i int) object { return plannedRole(i, strings.Repeat("x", n)) }), nil),
		"a long document":         planOf([]object{plannedRole(0, hostileTrust), inline(0, allow(many(n, func(i int) string { return fmt.Sprintf("s3:Get%d", i) }), "*"))}, nil),
		"a long number":           head + strings.Replace(role, `"/"`, strings.Repeat("9", n), 1) + "]}",
		"equal roles":             planOf(many(n/10, func(i int) object { return plannedRole(i, hostileTrust) }), nil),
		"equal addresses":         planOf(many(few, func(int) object { return plannedRole(0, hostileTrust) }), nil),
		"roles that trust all": planOf(many(few, func(i int) object {
			return plannedRole(i, strings.ReplaceAll(hostileTrust, hostileAccount+"root", "*"))
		}), nil),
		"roles that trust the next": planOf(many(few, func(i int) object {
			return plannedRole(i, strings.ReplaceAll(hostileTrust, "root", fmt.Sprintf("role/app-%d", i+1)))
		}), nil),
		"roles with own documents": planOf(append(many(few, func(i int) object { return plannedRole(i, hostileTrust) }), many(few, func(i int) object {
			return inline(i, allow([]string{"sts:AssumeRole", "iam:*"}, fmt.Sprintf("%srole/app-%d*", hostileAccount, i%97)))
		})...), nil),
		"a role of many policies": planOf(append(many(few, func(i int) object {
			return created("aws_iam_role_policy", fmt.Sprintf("p%d", i), object{"name": fmt.Sprintf("p%d", i), "role": "app-0", "policy": allow("iam:*", fmt.Sprintf("*%d", i))})
		}), plannedRole(0, hostileTrust)), nil),
		"a role of many attachments": planOf(append(many(few, func(i int) object {
			return created("aws_iam_role_policy_attachment", fmt.Sprintf("p%d", i), object{"role": "app-0", "policy_arn": fmt.Sprintf("%spolicy/p%d", hostileAccount, i)})
		}), plannedRole(0, hostileTrust)), nil),
		"references in a circle": planOf([]object{plannedRole(0, hostileTrust)}, object{"configuration": object{"root_module": object{"resources": many(few, func(i int) object {
			return object{"address": fmt.Sprintf("aws_iam_role.r%d", i), "mode": "managed", "type": "aws_iam_role", "name": fmt.Sprintf("r%d", i), "expressions": object{"name": object{"references": []string{fmt.Sprintf("aws_iam_role.r%d.name", (i+1)%few), fmt.Sprintf("aws_iam_role.r%d", (i+1)%few)}}}}
		})}}}),
		"modules nested deep": planOf([]object{plannedRole(0, hostileTrust)}, object{"configuration": json.RawMessage(`{"root_module":` + strings.Repeat(`{"module_calls":{"m":{"module":`, min(n, 2000)) + "{}" + strings.Repeat("}}}", min(n, 2000)) + "}")}),
		"what is sensitive":   head + strings.Replace(role, `"after_sensitive":{}`, `"after_sensitive":{"name":`+deep("[", "]", min(n, 4000))+`,"tags":[`+strings.Repeat("true,", n)+"true]}", 1) + "]}",
		"variables":           planOf([]object{plannedRole(0, hostileTrust)}, object{"variables": object{"x": object{"value": many(n, func(i int) int { return i })}}}),
	}
	var out []hostileCase
	for name, text := range texts {
		out = append(out, hostileCase{fmt.Sprintf("plan: %s, %d", name, n), map[string]string{"plan.json": text}, []string{"plan.json"}})
	}
	return out
}

// hostileDumps are account dumps, n large.
func hostileDumps(n int) []hostileCase {
	few := min(n, 2000)
	document := object{"Version": "2012-10-17", "Statement": []object{{"Effect": "Allow", "Action": []string{"iam:CreatePolicyVersion", "iam:PutRolePolicy", "iam:AttachUserPolicy"}, "Resource": "*"}}}
	managed := func(i, versions int) object {
		return object{
			"PolicyName": fmt.Sprintf("p%d", i), "Arn": fmt.Sprintf("%spolicy/p%d", hostileAccount, i), "DefaultVersionId": "v1",
			"PolicyVersionList": many(versions, func(v int) object {
				return object{"VersionId": fmt.Sprintf("v%d", v+1), "IsDefaultVersion": v == 0, "Document": document}
			}),
		}
	}
	attached := func(count int) []object {
		return many(count, func(i int) object {
			return object{"PolicyName": fmt.Sprintf("p%d", i), "PolicyArn": fmt.Sprintf("%spolicy/p%d", hostileAccount, i)}
		})
	}
	role := func(i, policies int) object {
		return object{
			"RoleName": fmt.Sprintf("r%d", i), "Path": "/", "Arn": fmt.Sprintf("%srole/r%d", hostileAccount, i), "AssumeRolePolicyDocument": json.RawMessage(hostileTrust),
			"RolePolicyList": []object{}, "InstanceProfileList": []object{}, "AttachedManagedPolicies": attached(policies),
			"PermissionsBoundary": object{"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": hostileAccount + "policy/p0"},
		}
	}
	user := func(i int, groups []string) object {
		return object{"UserName": fmt.Sprintf("u%d", i), "Path": "/", "Arn": fmt.Sprintf("%suser/u%d", hostileAccount, i), "GroupList": groups, "AttachedManagedPolicies": attached(2)}
	}
	group := func(i int) object {
		return object{"GroupName": fmt.Sprintf("g%d", i), "Path": "/", "Arn": fmt.Sprintf("%sgroup/g%d", hostileAccount, i), "AttachedManagedPolicies": attached(3), "GroupPolicyList": []object{{"PolicyName": "x", "PolicyDocument": document}}}
	}
	dump := func(users, groups, roles, policies []object) string {
		return asJSON(object{"UserDetailList": users, "GroupDetailList": groups, "RoleDetailList": roles, "Policies": policies})
	}
	none := []object{}
	texts := map[string]string{
		"very many policies":         dump(none, none, none, many(few, func(i int) object { return managed(i, 1) })),
		"very many versions":         dump(none, none, many(10, func(i int) object { return role(i, 1) }), []object{managed(0, few), managed(1, few)}),
		"policies of many versions":  dump(none, none, many(10, func(i int) object { return role(i, 1) }), many(few, func(i int) object { return managed(i, 5) })),
		"roles of many policies":     dump(none, none, many(20, func(i int) object { return role(i, few) }), many(few, func(i int) object { return managed(i, 1) })),
		"roles":                      dump(none, none, many(few, func(i int) object { return role(i, 5) }), many(10, func(i int) object { return managed(i, 2) })),
		"users in many groups":       dump(many(50, func(i int) object { return user(i, many(few, func(g int) string { return fmt.Sprintf("g%d", g) })) }), many(few, group), none, many(5, func(i int) object { return managed(i, 1) })),
		"many users in groups":       dump(many(few, func(i int) object { return user(i, []string{fmt.Sprintf("g%d", i%50), "g1"}) }), many(50, group), none, many(5, func(i int) object { return managed(i, 1) })),
		"the same role again":        dump(none, none, many(few, func(int) object { return role(0, 1) }), []object{managed(0, 1)}),
		"documents as encoded texts": strings.ReplaceAll(dump(none, none, many(few, func(i int) object { return role(i, 1) }), []object{managed(0, 1)}), asJSON(json.RawMessage(hostileTrust)), `"`+strings.Repeat("%7B%22", 500)+`"`),
	}
	var out []hostileCase
	for name, text := range texts {
		out = append(out, hostileCase{fmt.Sprintf("dump: %s, %d", name, n), map[string]string{"dump.json": text}, []string{"dump.json"}})
	}
	return out
}

// statementsOf is the text of a policy document.
func statementsOf(list ...object) string {
	return asJSON(object{"Version": "2012-10-17", "Statement": list})
}

// hostilePolicies are roles with documents within IAM's quota that are as
// costly to decide on as they can be. n is the quota in characters.
func hostilePolicies(n int) []hostileCase {
	fill := func(one func(i int) string) []string {
		var out []string
		for i, size := 0, 0; ; i++ {
			text := one(i)
			if size += len(text) + len(`"",`); size > n-200 {
				return out
			}
			out = append(out, text)
		}
	}
	filled := func(one func(i int) object) []object {
		var out []object
		for i, size := 0, 0; ; i++ {
			statement := one(i)
			if size += len(asJSON(statement)) + 1; size > n-100 {
				return out
			}
			out = append(out, statement)
		}
	}
	letters := func(i int) string { return string(rune('a'+i%26)) + string(rune('a'+i/26%26)) }
	allow := func(action, resource any, more ...any) object {
		out := object{"Effect": "Allow", "Action": action, "Resource": resource}
		for i := 0; i+1 < len(more); i += 2 {
			out[more[i].(string)] = more[i+1] //nolint:errcheck,forcetypeassert // names are texts
		}
		return out
	}
	deny := func(action, resource any, more ...any) object {
		out := allow(action, resource, more...)
		out["Effect"] = "Deny"
		return out
	}
	stars := func(i int) string { return "arn:aws:iam::*:role/*" + letters(i) + "*" + letters(i*7) + "*" }
	condition := func(operator, key string, values any) object { return object{operator: object{key: values}} }
	half := n / 90
	documents := map[string]string{
		"globs against Denies but for globs": statementsOf(append(many(half/3, func(i int) object {
			return object{"Effect": "Deny", "Action": "iam:*", "NotResource": stars(i)}
		}), allow("iam:*", many(half/2, stars)))...),
		"globs against Denies of globs": statementsOf(append(many(half/3, func(i int) object { return deny("iam:*", stars(i)) }), allow("iam:*", many(half/2, stars)))...),
		"action globs":                  statementsOf(allow(fill(func(i int) string { return "iam:*" + letters(i) + "*" }), "*")),
		"action globs of any service":   statementsOf(allow(fill(func(i int) string { return letters(i)[:1] + "*:*" + letters(i) + "*" }), "*")),
		"many actions":                  statementsOf(allow(fill(func(i int) string { return fmt.Sprintf("s3:G%d", i) }), "*")),
		"short actions":                 statementsOf(allow(fill(func(int) string { return "*" }), "*")),
		"no actions but globs":          statementsOf(object{"Effect": "Allow", "NotAction": fill(func(i int) string { return "*" + letters(i) + "*:*" }), "Resource": "*"}),
		"stars in one resource":         statementsOf(allow("iam:*", "arn:aws:iam::111122223333:role/"+strings.Repeat("*a", (n-200)/2))),
		"stars in one action":           statementsOf(allow("iam:"+strings.Repeat("*a", (n-200)/2), "*")),
		"stars in every part":           statementsOf(allow("iam:*", fill(func(i int) string { return "*:*" + letters(i) + "*:*:*:*" }))),
		"short resources":               statementsOf(allow("iam:*", fill(func(i int) string { return "*" + letters(i) }))),
		"stars against a Deny of stars": statementsOf(allow("iam:*", "arn:aws:iam::111122223333:role/"+strings.Repeat("*a", n/5)), deny("iam:*", "arn:aws:iam::111122223333:role/"+strings.Repeat("*b", n/5))),
		"question marks":                statementsOf(allow("iam:*", "arn:aws:iam::111122223333:role/"+strings.Repeat("?*", n/5)), deny("iam:*", "arn:aws:iam::111122223333:role/"+strings.Repeat("*?", n/5))),
		"values of a condition":         statementsOf(allow("iam:*", "*", "Condition", condition("StringLike", "iam:PermissionsBoundary", fill(func(i int) string { return "*" + letters(i) })))),
		"values that must not be":       statementsOf(allow("iam:*", "*", "Condition", condition("StringNotLike", "aws:PrincipalTag/a", fill(func(i int) string { return "*" + letters(i) })))),
		"addresses of a condition":      statementsOf(allow("iam:*", "*", "Condition", condition("NotIpAddress", "aws:SourceIp", fill(func(i int) string { return fmt.Sprintf("10.%d.%d.0/24", i/256, i%256) })))),
		"numbers of a condition":        statementsOf(allow("iam:*", "*", "Condition", condition("NumericNotEquals", "aws:MultiFactorAuthAge", fill(func(i int) string { return fmt.Sprint(i) })))),
		"sets of values":                statementsOf(allow("iam:*", "*", "Condition", condition("ForAllValues:StringLike", "aws:TagKeys", fill(func(i int) string { return "*" + letters(i) }))), deny("iam:*", "*", "Condition", condition("ForAnyValue:StringLike", "aws:TagKeys", "*a"))),
		"very many keys": statementsOf(filled(func(i int) object {
			return deny("iam:*", "*", "Condition", condition("StringNotEquals", "aws:RequestTag/"+letters(i), "x"))
		})...),
		"keys that exclude each other": statementsOf(append(filled(func(i int) object {
			return deny("iam:*", "*", "Condition", condition("Bool", "aws:PrincipalTag/"+letters(i), "true"))
		})[:n/150], allow("iam:*", "*"))...),
		"variables in resources":  statementsOf(allow("iam:*", fill(func(i int) string { return "arn:aws:iam::*:role/*${aws:PrincipalTag/" + letters(i) + "}*" }))),
		"variables in conditions": statementsOf(allow("iam:*", "*", "Condition", condition("StringLike", "aws:username", fill(func(i int) string { return "*${aws:PrincipalTag/" + letters(i) + "}*" })))),
		"statements":              statementsOf(filled(func(i int) object { return allow("iam:Create"+letters(i)+"*", "*"+letters(i)) })...),
		"alternating statements":  statementsOf(filled(func(i int) object { return []object{allow("iam:*", stars(i)), deny("iam:*", stars(i+1))}[i%2] })...),
		"operators of one condition": statementsOf(allow("iam:*", "*", "Condition", func() object {
			out := object{}
			for _, operator := range []string{"StringLike", "StringNotLike", "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "ArnLike", "ArnNotLike", "ForAnyValue:StringLike", "ForAllValues:StringNotLike", "StringLikeIfExists", "Null"} {
				keys := object{}
				for i := range n / 600 {
					keys["aws:PrincipalTag/"+letters(i)] = []string{"*" + letters(i), "true"}
				}
				out[operator] = keys
			}
			return out
		}())),
	}
	boundary := created("aws_iam_policy", "boundary", object{"name": "boundary", "path": "/", "arn": hostileAccount + "policy/boundary", "policy": statementsOf(allow("*", "*"))})
	var out []hostileCase
	for name, text := range documents {
		plan := planOf([]object{
			boundary, plannedRole(0, hostileTrust), plannedRole(1, hostileTrust), created("aws_iam_user", "u", object{"name": "u", "path": "/", "arn": hostileAccount + "user/u"}),
			created("aws_iam_role_policy", "p", object{"name": "p", "role": "app-0", "policy": text}),
		}, nil)
		out = append(out, hostileCase{fmt.Sprintf("policy: %s, %d", name, n), map[string]string{"plan.json": plan}, []string{"plan.json"}})
		within := created("aws_iam_policy", "boundary", object{"name": "boundary", "path": "/", "arn": hostileAccount + "policy/boundary", "policy": text})
		plan = planOf([]object{
			within, plannedRole(0, hostileTrust), plannedRole(1, hostileTrust), created("aws_iam_role_policy", "p", object{"name": "p", "role": "app-0", "policy": statementsOf(allow("*", "*"))}),
		}, nil)
		out = append(out, hostileCase{fmt.Sprintf("boundary: %s, %d", name, n), map[string]string{"plan.json": plan}, []string{"plan.json"}})
	}
	return out
}
