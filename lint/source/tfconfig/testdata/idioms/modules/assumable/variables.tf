variable "trusted_role_actions" {
  type    = list(string)
  default = ["sts:AssumeRole", "sts:TagSession"]
}
variable "trusted_role_arns" {
  type    = list(string)
  default = []
}
variable "trusted_role_services" {
  type    = list(string)
  default = []
}
variable "mfa_age" {
  type    = number
  default = 86400
}
variable "create_role" {
  type    = bool
  default = false
}
variable "role_name" {
  type    = string
  default = null
}
variable "role_name_prefix" {
  type    = string
  default = null
}
variable "role_path" {
  type    = string
  default = "/"
}
variable "role_requires_mfa" {
  type    = bool
  default = true
}
variable "role_permissions_boundary_arn" {
  type    = string
  default = ""
}
variable "max_session_duration" {
  type    = number
  default = 3600
}
variable "role_description" {
  type    = string
  default = ""
}
variable "force_detach_policies" {
  default = false
}
variable "custom_role_trust_policy" {
  type    = string
  default = ""
}
variable "custom_role_policy_arns" {
  type    = list(string)
  default = []
}
variable "number_of_custom_role_policy_arns" {
  type    = number
  default = null
}
variable "attach_admin_policy" {
  type    = bool
  default = false
}
variable "admin_role_policy_arn" {
  type    = string
  default = "arn:aws:iam::aws:policy/AdministratorAccess"
}
variable "role_sts_externalid" {
  type    = any
  default = []
}
variable "allow_self_assume_role" {
  type    = bool
  default = false
}
variable "tags" {
  type    = map(string)
  default = {}
}
variable "inline_policies" {
  type    = any
  default = {}
}
