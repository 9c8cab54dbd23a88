// Package authz decides whether AWS IAM allows a request. [Decide] evaluates
// one concrete request as AWS documents it; [Search] asks whether any request
// of a given shape is allowed, and answers with a witness. Both are
// three-valued: where a document holds symbols, or where the semantics of IAM
// themselves are not settled by AWS's documentation, the verdict is
// Undetermined unless every reading agrees.
//
// How it is decided, what is assumed and what cannot be seen is explained in
// docs/deciding.md. Comments name the sections of the IAM User Guide that a
// rule comes from; where tools and documentation disagree, the comment says
// so.
package authz
