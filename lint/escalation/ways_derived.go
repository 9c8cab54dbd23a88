package escalation

import (
	"strings"

	"github.com/boundlint/boundlint/lint/catalog"
)

// derivedWays are a way for each action that takes a role and is part of no
// known way: the service acts with the role, for the purpose of the action.
// That is less than all the role may do, but it may be much: writing where
// the actor cannot, reading what it may not.
//
// The service principals follow from the prefix of the action, as they do for
// most services, where no table has them. AWS documents them in no one place;
// they have not all been verified, which is one more reason why derived ways
// are ReachSome.
func derivedWays(known []*Way) []*Way {
	used := map[string]bool{}
	for _, w := range known {
		if w.Kind != Pass {
			continue
		}
		for _, s := range w.Steps {
			used[s.Action] = true
			for _, a := range s.Alternatives {
				used[a.Action] = true
			}
		}
	}
	ofService, ofAction := servicePrincipals(), actionPrincipals()
	var out []*Way
	for _, action := range catalog.PassRoleActions() {
		if used[action] {
			continue
		}
		prefix, name, _ := strings.Cut(action, ":")
		services := []string{prefix + ".amazonaws.com"}
		if p, ok := ofService[prefix]; ok {
			services = strings.Fields(p)
		}
		if p, ok := ofAction[action]; ok {
			services = strings.Fields(p)
		}
		w := passing("pass-"+prefix+"-"+strings.ToLower(name), "have "+services[0]+" act with a role, by "+action,
			"derived", services, nil, call(action, OnChosen))
		w.Reach = ReachSome
		out = append(out, w)
	}
	return out
}

// servicePrincipals are the principals of services that are not called after
// their prefix, or are so not only.
func servicePrincipals() map[string]string {
	return map[string]string{
		"aps":                  "scraper.aps.amazonaws.com",
		"chime":                "mediapipelines.chime.amazonaws.com",
		"cloudwatch":           "streams.metrics.cloudwatch.amazonaws.com",
		"codecatalyst":         "codecatalyst-runner.amazonaws.com codecatalyst.amazonaws.com",
		"codeconnections":      "cloudformation.sync.codeconnections.amazonaws.com",
		"codestar-connections": "cloudformation.sync.codeconnections.amazonaws.com",
		"deadline":             "credentials.deadline.amazonaws.com deadline.amazonaws.com",
		"es":                   "opensearchservice.amazonaws.com es.amazonaws.com",
		"guardduty":            "malware-protection-plan.guardduty.amazonaws.com",
		"iotsitewise":          "monitor.iotsitewise.amazonaws.com iotsitewise.amazonaws.com",
		"lex":                  "lexv2.amazonaws.com lex.amazonaws.com",
		"mediapackage-vod":     "mediapackage.amazonaws.com",
		"mobiletargeting":      "pinpoint.amazonaws.com",
		"neptune-graph":        "neptune-graph.amazonaws.com export.neptune-graph.amazonaws.com",
		"nimble":               "identity.nimble.amazonaws.com nimble.amazonaws.com",
		"osis":                 "osis-pipelines.amazonaws.com",
		"qbusiness":            "qbusiness.amazonaws.com application.qbusiness.amazonaws.com",
		"rds":                  "rds.amazonaws.com monitoring.rds.amazonaws.com directoryservice.rds.amazonaws.com export.rds.amazonaws.com",
		"redshift-serverless":  "redshift-serverless.amazonaws.com redshift.amazonaws.com",
		"s3tables":             "replication.s3tables.amazonaws.com",
		"shield":               "drt.shield.amazonaws.com",
		"snowball":             "importexport.amazonaws.com",
		"swf":                  "lambda.amazonaws.com",
	}
}

// actionPrincipals are the principals of single actions that differ from
// their service's.
func actionPrincipals() map[string]string {
	return map[string]string{
		"cloudformation:RegisterType":            "resources.cloudformation.amazonaws.com hooks.cloudformation.amazonaws.com",
		"ec2:CreateFlowLogs":                     "vpc-flow-logs.amazonaws.com",
		"ecs:RegisterDaemonTaskDefinition":       "ecs-tasks.amazonaws.com",
		"eks:CreateAddon":                        "pods.eks.amazonaws.com",
		"eks:CreateFargateProfile":               "eks-fargate-pods.amazonaws.com",
		"eks:RegisterCluster":                    "ssm.amazonaws.com",
		"eks:UpdateAddon":                        "pods.eks.amazonaws.com",
		"elasticbeanstalk:CreatePlatformVersion": "ec2.amazonaws.com",
		"s3:CreateAccessGrantsLocation":          "access-grants.s3.amazonaws.com",
		"s3:CreateJob":                           "batchoperations.s3.amazonaws.com",
		"s3:UpdateAccessGrantsLocation":          "access-grants.s3.amazonaws.com",
		"servicecatalog:CreateServiceAction":     "ssm.amazonaws.com",
		"servicecatalog:UpdateServiceAction":     "ssm.amazonaws.com",
	}
}

// SameService reports whether two service principals are the same service:
// spellings with a region (states.eu-west-1.amazonaws.com) and those of the
// partition aws-cn (ec2.amazonaws.com.cn) are equal to the plain one.
func SameService(a, b string) bool { return plainService(a) == plainService(b) }

func plainService(principal string) string {
	principal = strings.TrimSuffix(strings.ToLower(principal), ".cn")
	labels := strings.Split(principal, ".")
	out := labels[:0]
	for _, l := range labels {
		if !isRegion(l) {
			out = append(out, l)
		}
	}
	return strings.Join(out, ".")
}

// isRegion tells names such as eu-west-1 and us-gov-east-1 from the others.
func isRegion(label string) bool {
	parts := strings.Split(label, "-")
	if len(parts) < 3 || len(parts[0]) != 2 {
		return false
	}
	last := parts[len(parts)-1]
	return len(last) == 1 && last[0] >= '1' && last[0] <= '9'
}
