// Package generate writes delegations that hold: a permissions boundary, the
// policy of the developers who create roles under it, and the tests of both.
//
// It writes text and judges nothing. That what it writes is closed is for its
// caller to prove, with the rules, before anybody sees it.
package generate
