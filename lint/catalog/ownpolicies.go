package catalog

import (
	"slices"
	"strings"
)

// ownPolicies are, by service, the resource types that have a resource-based
// policy, or are in something that has one: objects in a bucket, tables in a
// catalog (IAM User Guide, AWS services that work with IAM; the guides of the
// services). Roles have their trust policies, which speak of sts alone.
// Besides these it is what an action called PutResourcePolicy acts on.
var ownPolicies = map[string][]string{
	"acm-pca":           {"certificate-authority"},
	"backup":            {"backupVault", "recoveryPoint"},
	"cloudsearch":       {"domain"},
	"codeartifact":      {"domain", "repository", "package", "package-group"},
	"codeguru-profiler": {"ProfilingGroup"},
	"dsql":              {"Cluster"},
	"ecr":               {"repository"},
	"ecr-public":        {"repository"},
	"elasticfilesystem": {"file-system"},
	"es":                {"domain"},
	"events":            {"event-bus", "event-busv2"},
	"execute-api":       {"execute-api-general", "execute-api-domain"},
	"glacier":           {"vault"},
	"glue":              {"catalog", "rootcatalog", "database", "table", "tableversion", "userdefinedfunction", "connection"},
	"imagebuilder":      {"component", "containerRecipe", "image", "imageRecipe"},
	"kafka":             {"cluster"},
	"kafka-cluster":     {"cluster", "topic", "group", "transactional-id"},
	"kinesis":           {"stream", "consumer"},
	"kms":               {"key"},
	"lambda":            {"function", "function alias", "function version", "layerVersion"},
	"lex":               {"bot", "bot alias"},
	"logs":              {"destination", "delivery-destination"},
	"mediastore":        {"container", "folder", "object"},
	"oam":               {"Sink"},
	"rekognition":       {"project", "projectversion"},
	"s3": {
		"bucket", "object", "accesspoint", "accesspointobject", "multiregionaccesspoint", "accessgrantsinstance",
		"objectlambdaaccesspoint",
	},
	"s3-object-lambda": {"objectlambdaaccesspoint"},
	"s3-outposts":      {"bucket", "object", "accesspoint"},
	"s3express":        {"bucket", "accesspoint"},
	"s3tables":         {"TableBucket", "Table"},
	"s3vectors":        {"VectorBucket", "Index"},
	"sagemaker":        {"model-package-group", "model-package"},
	"schemas":          {"registry", "schema"},
	"serverlessrepo":   {"applications"},
	"ses":              {"identity"},
	"signer":           {"signing-profile"},
	"sns":              {"topic"},
	"sqs":              {"queue"},
	"vpc-lattice":      {"Service", "ServiceNetwork"},
	"vpc-lattice-svcs": {"Service"},
}

// HasPolicy reports whether resources of the type can have a resource-based
// policy, their own or that of what they are in.
func (t *ResourceType) HasPolicy() bool {
	if slices.Contains(ownPolicies[t.Service], t.Name) {
		return true
	}
	s, ok := LookupService(t.Service)
	if !ok {
		return false
	}
	put, ok := s.Action("PutResourcePolicy")
	return ok && slices.ContainsFunc(put.ResourceTypes, func(r ActionResource) bool {
		return r.Type.Service == t.Service && r.Type.Name == t.Name
	})
}

// Makes reports whether the action makes a resource of the type: one that is
// not there yet has no policy.
func (a *Action) Makes(t *ResourceType) bool {
	made, ok := strings.CutPrefix(a.Name, "Create")
	return ok && strings.EqualFold(made, strings.ReplaceAll(t.Name, "-", ""))
}
