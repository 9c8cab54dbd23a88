package generate

// JSON are the documents of the delegation as JSON: the boundary, the policy of
// the developers, and the trust policies of the developers' role and of a role as
// they make them. They name the account, which the options have to give.
func (d *Delegation) JSON() []File {
	o := &d.options
	return []File{
		{"boundary.json", []byte(d.boundary.json(o))},
		{"developers.json", []byte(d.developers.json(o))},
		{"developers-trust.json", []byte(d.trust.json(o))},
		{"example-trust.json", []byte(d.exampleTrust.json(o))},
	}
}

// AroundJSON is configuration that takes the documents of [Delegation.JSON] from
// their files, with the rest of [Delegation.Terraform]: what is proven of it is
// proven of them.
func (d *Delegation) AroundJSON() []File {
	file := func(name string) string { return "file(\"${path.module}/" + name + "\")" }
	return []File{
		{TerraformFile, d.terraform(map[string]string{
			"boundary": file("boundary.json"), "policy": file("developers.json"),
			"trust": file("developers-trust.json"), "exampleOf": file("example-trust.json"),
		})},
		{TestsFile, d.tests()},
		{ConfigFile, d.config()},
	}
}
