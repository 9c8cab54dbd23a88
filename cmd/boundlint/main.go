// Command boundlint proves whether the permissions boundaries that a
// Terraform configuration sets up hold.
//
// This package is wiring: it turns arguments into options, and the outcome
// into text and exit codes. What it says about IAM comes from the packages
// below lint and from rules.
package main

import "os"

func main() {
	watch(os.Stderr)
	code := run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv)
	scratch.Close() // of an input that took too long, and is still being read
	exit(code)
}
