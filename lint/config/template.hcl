# The configuration for boundlint, https://github.com/boundlint/boundlint.
# All of it is optional. What is commented out below with a single # shows
# either the default or an example; "boundlint explain RULE" tells about a rule.

# The account that the configuration is deployed to. Without it the account is
# taken from the plan, from the provider, or from the ARNs that agree on one.
#account_id = "111122223333"

# "audit" also turns on the rules that are off by default.
#preset = "default"

# Directories in which no configuration is looked for.
#exclude = []

# The workspaces of root modules that use terraform.workspace. Each is judged
# where neither --workspace nor TF_WORKSPACE nor .terraform/environment names one.
#workspaces = ["dev", "prod"]

# A permissions boundary that is approved. Without any such block every managed
# policy is approved that is not AdministratorAccess or as wide.
#boundary "workload" {
#  # ARNs, and references as they stand in the configuration.
#  arns       = ["arn:aws:iam::*:policy/workload-boundary"]
#  references = ["aws_iam_policy.boundary", "var.permissions_boundary_arn"]
#
#  # Its document, where another repository manages it: a file here or below.
#  document = "policies/workload-boundary.json"
#
#  # The names of the entities that it is approved for; all of them by default.
#  applies_to = ["app-*"]
#}

# What roles and users must be named: a glob, or regex: and an expression. These
# two are the default. A path is asked for only where it is given here.
#naming "aws_iam_role" {
#  name = "app-*"
#  #path = "/teams/*"
#}
#naming "aws_iam_user" {
#  name = "app-*"
#}

# Entities that may do what others may not, by address, ARN or name. They are
# not judged as actors, but remain targets that others must not reach.
#trusted "aws_iam_role.deployer" {
#  reason = "the pipeline itself, reviewed in SEC-12"
#}

# Who applies the configuration: apply-denied says what AWS will refuse to it.
# Without policies it is a role or user of the input, by address, ARN or name.
#deployer "arn:aws:iam::111122223333:role/ci" {
#  policies = ["policies/ci.json"]
#  boundary = "policies/ci-boundary.json"
#}

# A rule can be turned on or off, and be more or less severe: "error",
# "warning" or "note".
#rule "wildcard-grant" {
#  enabled  = true
#  severity = "warning"
#}

# Findings that are known and accepted, by address, ARN or name of the entity.
# An exemption needs a reason, and is reported once it has expired or matches
# nothing any more.
#exempt "module.admin.*" {
#  rules  = ["boundary-missing", "admin-attached"]
#  reason = "break-glass, reviewed in SEC-481"
#  until  = "2027-03-31"
#}

# Service and resource control policies that hold for the account: files here
# or below, globs allowed.
#organization_policies = ["scp/*.json"]
