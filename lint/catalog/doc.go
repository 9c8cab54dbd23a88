// Package catalog holds facts about AWS that policies are judged by: the
// actions of every service with their access levels, resource types and
// condition keys, the global condition keys, the documents of the AWS-managed
// policies, and the actions that take a role.
//
// The facts are embedded, about 0.7 MB in the binary, and loaded when they are
// first asked for: one service, or one group of managed policies, at a time.
// A program that asks nothing pays nothing. All functions may be called by
// several goroutines at once; what they return is shared and must not be
// changed.
//
// Names of services, actions and condition keys ignore case, as IAM does; the
// catalog gives their documented spelling back.
//
// The data is made by
//
//	go generate ./lint/catalog
//
// from two npm packages of pinned versions; see [Datasets] and NOTICE.
package catalog

//go:generate go run ./internal/gen -out data
