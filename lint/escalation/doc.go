// Package escalation knows the ways in which a principal of AWS can gain
// privileges: by changing its own policies, by changing or using another
// principal, by handing a stronger role to a service that runs its code, by
// using what already carries one, by making a new principal, and by tampering
// with permissions boundaries.
//
// The ways are data. A [Way] says what requests it takes and on what, what
// must exist, and what the actor has in the end; whether a given actor is
// allowed those requests is for package authz to decide, and whether the
// things exist for the model of an input to tell. A new way is a new record.
//
// A [Search] asks which holders of an account can go which ways, one after the
// other.
//
// The catalogue goes back to the published collections that each way's
// References name, checked against the actions of package catalog. Beside
// them, every action that takes a role ([catalog.PassRoleActions]) and belongs
// to none of the known ways is a way of its own, of [ReachSome]: the service
// then acts with the role, in its own manner.
package escalation
