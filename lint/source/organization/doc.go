// Package organization reads what shows a whole organization: a directory as
// iam-collect writes it, and a directory of what the AWS CLI prints. It gives one
// model for each account, and to those of one organization the organization.
package organization
