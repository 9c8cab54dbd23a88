// Package account reads what aws iam get-account-authorization-details
// prints, and the credential report beside it: an account as it is, whoever
// made it.
package account
