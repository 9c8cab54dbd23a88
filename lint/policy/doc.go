// Package policy is the IAM policy language: documents, statements,
// conditions, principals and the strings they are made of. It knows how a
// document is written, read and matched, and nothing of accounts, of
// Terraform or of files. It does no I/O.
//
// Strings are [Text]: characters mixed with symbols for what an input does
// not spell out, so that one ARN that is known after apply does not blind a
// whole document.
package policy
