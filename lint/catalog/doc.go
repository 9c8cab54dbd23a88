// Package catalog holds facts about AWS that policies are judged by: the
// actions of every service with their access levels, resource types,
// condition keys and the days between which they appeared, the global condition keys, the documents of the AWS-managed
// policies, and the actions that take a role.
//
// The facts are embedded and loaded when they are first asked for: one service,
// or one group of managed policies, at a time. A program that asks nothing pays
// nothing: the package has no initialisation at all. The data takes 0.75 MB in
// the binary, 0.48 of them for all 1594 managed policies (3.2 MB of JSON), 0.23
// for 22091 actions; with the code it is 0.86 MB. The first question about iam costs 0.3 ms, about a managed
// policy 0.5 ms, about every action of every service 14 ms (go test -bench
// First, on one core of a small virtual machine); a later LookupAction costs
// 0.15 µs and allocates nothing.
//
// All functions may be called by several goroutines at once; what they return
// is shared and must not be changed.
//
// Names of services, actions and condition keys ignore case, as IAM does; the
// catalog gives their documented spelling back.
//
// The data is made by
//
//	go generate ./lint/catalog
//
// from two npm packages of pinned versions, and earlier versions of the first; see
// [Datasets] and NOTICE. What is in it stands as text in data/actions.txt,
// data/policies.txt and data/added.txt, whose difference shows what newer data changes.
package catalog

//go:generate go run ./internal/gen -out data
//go:generate go test -count=1 -run ^TestDataAsText$ . -update
