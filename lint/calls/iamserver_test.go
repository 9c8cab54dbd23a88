package calls_test

import (
	"encoding/xml"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
)

// iamServer answers the requests of Terraform's AWS provider as IAM does, as far
// as the provider asks: things that are made are there afterwards. It keeps what
// it was asked for. What a request names and nobody made is taken to be there,
// so that a case needs no other resource.
type iamServer struct {
	mu sync.Mutex
	// asked are the requests in their order.
	asked []askedFor
	// things are what was made, by kind and name or ARN.
	things map[string]*thing
	// lists are what entities have: attached policies, inline policies, members.
	lists map[string]map[string]string
}

// askedFor is one request: its action, and all its values in one text.
type askedFor struct{ action, values string }

// thing is a role, a user, a policy and so on.
type thing struct {
	fields map[string]string
	tags   map[string]string
}

func newIAMServer() *iamServer {
	return &iamServer{things: map[string]*thing{}, lists: map[string]map[string]string{}}
}

// element is a piece of a response: a name, and a text or what is in it.
type element struct {
	name  string
	text  string
	inner []element
}

func (e element) write(b *strings.Builder) {
	b.WriteString("<" + e.name + ">")
	if e.inner == nil {
		_ = xml.EscapeText(b, []byte(e.text)) // a builder does not fail
	}
	for _, x := range e.inner {
		x.write(b)
	}
	b.WriteString("</" + e.name + ">")
}

func text(name, value string) element { return element{name: name, text: value} }

// members is a list of texts, or of what is in inner elements.
func members(name string, items ...element) element {
	out := element{name: name, inner: []element{}}
	for _, x := range items {
		x.name = "member"
		out.inner = append(out.inner, x)
	}
	return out
}

// failure is an error of IAM.
type failure struct{ code string }

func (s *iamServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("X-Amz-Target") != "" {
		s.identityCenter(w, r)
		return
	}
	if err := r.ParseForm(); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	action := r.Form.Get("Action")
	var all []string
	for _, name := range sortedKeys(r.Form) {
		all = append(all, strings.Join(r.Form[name], " "))
	}
	if of := singletons[action]; of != "" {
		all = append(all, of)
	}
	if action != "GetCallerIdentity" {
		s.asked = append(s.asked, askedFor{"iam:" + action, strings.Join(all, " ")})
	}
	result, fault := s.answer(action, r.Form)
	var b strings.Builder
	if fault != nil {
		w.WriteHeader(http.StatusNotFound)
		element{name: "ErrorResponse", inner: []element{{name: "Error", inner: []element{
			text("Type", "Sender"), text("Code", fault.code), text("Message", fault.code+" for "+action),
		}}, text("RequestId", "1")}}.write(&b)
	} else {
		element{name: action + "Response", inner: []element{
			{name: action + "Result", inner: append([]element{}, result...)},
			{name: "ResponseMetadata", inner: []element{text("RequestId", "1")}},
		}}.write(&b)
	}
	w.Header().Set("Content-Type", "text/xml")
	_, _ = w.Write([]byte(b.String())) // the client has gone where it fails
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// kinds are what IAM has, by the ends of the names of actions; the longest
// match counts.
var kinds = []struct {
	// name is as in actions, element as in responses, id the parameter that names
	// it, arn its kind in ARNs.
	name, element, id, arn string
}{
	{"OpenIDConnectProvider", "", "OpenIDConnectProviderArn", "oidc-provider"},
	{"ServerCertificate", "ServerCertificate", "ServerCertificateName", "server-certificate"},
	{"InstanceProfile", "InstanceProfile", "InstanceProfileName", "instance-profile"},
	{"LoginProfile", "LoginProfile", "UserName", "login"},
	{"AccountPasswordPolicy", "PasswordPolicy", "Account", "account"},
	{"VirtualMFADevice", "VirtualMFADevice", "VirtualMFADeviceName", "mfa"},
	{"SAMLProvider", "", "SAMLProviderArn", "saml-provider"},
	{"SSHPublicKey", "SSHPublicKey", "SSHPublicKeyId", "ssh"},
	{"Policy", "Policy", "PolicyArn", "policy"},
	{"Group", "Group", "GroupName", "group"},
	{"Role", "Role", "RoleName", "role"},
	{"User", "User", "UserName", "user"},
}

// singletons are the actions that name nothing, by the resource type of which
// there is one in an account.
var singletons = map[string]string{
	"ListAccountAliases":                 "aws_iam_account_alias",
	"GetAccountPasswordPolicy":           "aws_iam_account_password_policy",
	"UpdateAccountPasswordPolicy":        "aws_iam_account_password_policy",
	"DeleteAccountPasswordPolicy":        "aws_iam_account_password_policy",
	"GetAccountSummary":                  "aws_iam_security_token_service_preferences",
	"SetSecurityTokenServicePreferences": "aws_iam_security_token_service_preferences",
}

const testAccount = "111122223333"

// tagsOf reads Tags.member.N.Key and Value.
func tagsOf(f url.Values) map[string]string {
	out := map[string]string{}
	for i := 1; f.Get(fmt.Sprintf("Tags.member.%d.Key", i)) != ""; i++ {
		out[f.Get(fmt.Sprintf("Tags.member.%d.Key", i))] = f.Get(fmt.Sprintf("Tags.member.%d.Value", i))
	}
	return out
}

func (t *thing) tagList() element {
	var list []element
	for _, k := range sortedKeys(t.tags) {
		list = append(list, element{inner: []element{text("Key", k), text("Value", t.tags[k])}})
	}
	return members("Tags", list...)
}

// inner are the fields of a thing in a response.
func (t *thing) inner() []element {
	var out []element
	for _, k := range sortedKeys(t.fields) {
		switch v := t.fields[k]; k {
		case "PermissionsBoundary":
			out = append(out, element{name: k, inner: []element{
				text("PermissionsBoundaryType", "PermissionsBoundaryPolicy"), text("PermissionsBoundaryArn", v),
			}})
		case "AssumeRolePolicyDocument", "PolicyDocument", "Document":
			out = append(out, text(k, url.QueryEscape(v)))
		default:
			out = append(out, text(k, v))
		}
	}
	return append(out, t.tagList())
}

// scalars are the parameters that are texts.
func scalars(f url.Values) map[string]string {
	out := map[string]string{}
	for k, v := range f {
		if !strings.Contains(k, ".") && k != "Action" && k != "Version" {
			out[k] = v[0]
		}
	}
	return out
}

// answer is the result of an action.
func (s *iamServer) answer(action string, f url.Values) ([]element, *failure) {
	if result, fault, ok := s.special(action, f); ok {
		return result, fault
	}
	if result, fault, ok := s.listed(action, f); ok {
		return result, fault
	}
	for _, k := range kinds {
		verb, ok := strings.CutSuffix(action, k.name)
		if !ok && strings.HasPrefix(action, "List"+k.name) {
			verb, ok = "Tags", true
		}
		if !ok {
			continue
		}
		id := k.arn + "/" + f.Get(k.id)
		t := s.things[id]
		switch verb {
		case "Create", "Upload":
			return s.create(k.name, k.element, k.id, k.arn, f)
		case "Get":
			if t == nil && isElsewhere(f.Get(k.id)) {
				t = elsewhere(k.name, f.Get(k.id))
			}
			if t == nil {
				return nil, &failure{"NoSuchEntity"}
			}
			if k.element == "" {
				return t.inner(), nil
			}
			return []element{{name: k.element, inner: append(t.inner(), s.inside(k.arn, f.Get(k.id))...)}}, nil
		case "Delete":
			delete(s.things, id)
		case "Update":
			if t == nil {
				t = &thing{fields: map[string]string{}}
				s.things[id] = t
			}
			for name, value := range scalars(f) {
				t.fields[strings.TrimPrefix(name, "New")] = value
			}
			if name := f.Get("New" + k.id); name != "" {
				delete(s.things, id)
				s.things[k.arn+"/"+name] = t
			}
			if f.Get("NewPath") != "" || f.Get("New"+k.id) != "" {
				t.fields["Arn"] = fmt.Sprintf("arn:aws:iam::%s:%s%s%s", testAccount, k.arn, t.fields["Path"], t.fields[k.id])
			}
			return []element{{name: "ignored", inner: t.inner()}}, nil
		case "Tag":
			maps.Copy(t.tags, tagsOf(f))
		case "Untag":
			for name, values := range f {
				if strings.HasPrefix(name, "TagKeys.") {
					delete(t.tags, values[0])
				}
			}
		case "Tags":
			if t == nil {
				return []element{members("Tags"), text("IsTruncated", "false")}, nil
			}
			return []element{t.tagList(), text("IsTruncated", "false")}, nil
		}
		return nil, nil
	}
	return nil, nil
}

// create makes a thing.
func (s *iamServer) create(name, el, id, arn string, f url.Values) ([]element, *failure) {
	t := &thing{fields: scalars(f), tags: tagsOf(f)}
	path := t.fields["Path"]
	if path == "" {
		path = "/"
	}
	t.fields["Path"] = path
	key := t.fields[id]
	if strings.HasSuffix(id, "Arn") {
		key = t.fields[name+"Name"]
		if url := t.fields["Url"]; url != "" {
			key = strings.TrimPrefix(url, "https://")
		}
		if key == "" {
			key = t.fields["Name"]
		}
	}
	t.fields["Arn"] = fmt.Sprintf("arn:aws:iam::%s:%s%s%s", testAccount, arn, path, key)
	t.fields[name+"Id"] = "AIDA" + strings.ToUpper(key)
	t.fields["CreateDate"] = "2026-01-01T00:00:00Z"
	if strings.HasSuffix(id, "Arn") {
		key = t.fields["Arn"]
		t.fields[id] = key
	}
	if name == "Policy" {
		t.fields["DefaultVersionId"], t.fields["AttachmentCount"] = "v1", "0"
		s.things["version/"+key+"v1"] = &thing{fields: map[string]string{"Document": t.fields["PolicyDocument"]}}
		delete(t.fields, "PolicyDocument")
	}
	if name == "Role" && t.fields["MaxSessionDuration"] == "" {
		t.fields["MaxSessionDuration"] = "3600"
	}
	s.things[arn+"/"+key] = t
	if el == "" {
		return t.inner(), nil
	}
	return []element{{name: el, inner: t.inner()}}, nil
}

// inside is what a thing has in it: the role of an instance profile.
func (s *iamServer) inside(kind, name string) []element {
	if kind != "instance-profile" {
		return nil
	}
	var roles []element
	for _, role := range sortedKeys(s.lists["profile "+name]) {
		t := &thing{fields: map[string]string{
			"RoleName": role, "Arn": "arn:aws:iam::" + testAccount + ":role/" + role, "Path": "/", "RoleId": "AROA1",
			"CreateDate": "2026-01-01T00:00:00Z", "AssumeRolePolicyDocument": "{}",
		}}
		roles = append(roles, element{inner: t.inner()})
	}
	return []element{members("Roles", roles...)}
}

// put and take change a list.
func (s *iamServer) put(list, key, value string) {
	if s.lists[list] == nil {
		s.lists[list] = map[string]string{}
	}
	s.lists[list][key] = value
}

func (s *iamServer) take(list, key string) { delete(s.lists[list], key) }

// listed answers what is about the policies of holders, and the members of
// groups.
func (s *iamServer) listed(action string, f url.Values) ([]element, *failure, bool) {
	for _, kind := range []string{"Role", "User", "Group"} {
		name := f.Get(kind + "Name")
		attached, inline := "attached "+kind+" "+name, "inline "+kind+" "+name
		switch action {
		case "Attach" + kind + "Policy":
			s.put(attached, f.Get("PolicyArn"), "")
			return nil, nil, true
		case "Detach" + kind + "Policy":
			s.take(attached, f.Get("PolicyArn"))
			return nil, nil, true
		case "ListAttached" + kind + "Policies":
			var list []element
			for _, arn := range sortedKeys(s.lists[attached]) {
				list = append(list, element{inner: []element{
					text("PolicyArn", arn), text("PolicyName", arn[strings.LastIndexByte(arn, '/')+1:]),
				}})
			}
			return []element{members("AttachedPolicies", list...), text("IsTruncated", "false")}, nil, true
		case "Put" + kind + "Policy":
			s.put(inline, f.Get("PolicyName"), f.Get("PolicyDocument"))
			return nil, nil, true
		case "Delete" + kind + "Policy":
			s.take(inline, f.Get("PolicyName"))
			return nil, nil, true
		case "Get" + kind + "Policy":
			document, ok := s.lists[inline][f.Get("PolicyName")]
			if !ok {
				return nil, &failure{"NoSuchEntity"}, true
			}
			return []element{
				text(kind+"Name", name), text("PolicyName", f.Get("PolicyName")), text("PolicyDocument", url.QueryEscape(document)),
			}, nil, true
		case "List" + kind + "Policies":
			var list []element
			for _, name := range sortedKeys(s.lists[inline]) {
				list = append(list, element{text: name})
			}
			return []element{members("PolicyNames", list...), text("IsTruncated", "false")}, nil, true
		case "Put" + kind + "PermissionsBoundary":
			s.things[strings.ToLower(kind)+"/"+name].fields["PermissionsBoundary"] = f.Get("PermissionsBoundary")
			return nil, nil, true
		case "Delete" + kind + "PermissionsBoundary":
			delete(s.things[strings.ToLower(kind)+"/"+name].fields, "PermissionsBoundary")
			return nil, nil, true
		}
	}
	return s.grouped(action, f)
}

// grouped answers what is about the members of groups and instance profiles.
func (s *iamServer) grouped(action string, f url.Values) ([]element, *failure, bool) {
	group, user, profile := f.Get("GroupName"), f.Get("UserName"), f.Get("InstanceProfileName")
	switch action {
	case "AddUserToGroup":
		s.put("group "+group, user, "")
		s.put("user "+user, group, "")
	case "RemoveUserFromGroup":
		s.take("group "+group, user)
		s.take("user "+user, group)
	case "GetGroup":
		t := s.things["group/"+group]
		if t == nil && s.lists["group "+group] == nil && !isElsewhere(group) {
			return nil, &failure{"NoSuchEntity"}, true
		}
		if t == nil {
			t = named("Group", group)
		}
		var users []element
		for _, name := range sortedKeys(s.lists["group "+group]) {
			users = append(users, element{inner: named("User", name).inner()})
		}
		return []element{{name: "Group", inner: t.inner()}, members("Users", users...), text("IsTruncated", "false")}, nil, true
	case "ListGroupsForUser":
		var groups []element
		for _, name := range sortedKeys(s.lists["user "+user]) {
			groups = append(groups, element{inner: named("Group", name).inner()})
		}
		return []element{members("Groups", groups...), text("IsTruncated", "false")}, nil, true
	case "AddRoleToInstanceProfile":
		s.put("profile "+profile, f.Get("RoleName"), "")
	case "RemoveRoleFromInstanceProfile":
		s.take("profile "+profile, f.Get("RoleName"))
	case "ListInstanceProfilesForRole":
		return []element{members("InstanceProfiles"), text("IsTruncated", "false")}, nil, true
	default:
		return nil, nil, false
	}
	return nil, nil, true
}

// named is something that nobody made and that is taken to be there.
func named(kind, name string) *thing {
	return &thing{fields: map[string]string{
		kind + "Name": name, "Arn": "arn:aws:iam::" + testAccount + ":" + strings.ToLower(kind) + "/" + name, "Path": "/", kind + "Id": "A1",
		"CreateDate": "2026-01-01T00:00:00Z",
	}}
}

// isElsewhere reports whether a name is of something that the cases do not make:
// such names have a hyphen.
func isElsewhere(name string) bool {
	return strings.Contains(name[strings.LastIndexByte(name, '/')+1:], "-")
}

// elsewhere is such a thing.
func elsewhere(kind, name string) *thing {
	t := named(kind, name)
	switch kind {
	case "Role":
		t.fields["AssumeRolePolicyDocument"] = "{}"
	case "Policy":
		t.fields["Arn"], t.fields["PolicyName"], t.fields["DefaultVersionId"] = name, name[strings.LastIndexByte(name, '/')+1:], "v1"
	}
	return t
}

// special answers what fits no pattern.
func (s *iamServer) special(action string, f url.Values) ([]element, *failure, bool) {
	arn := f.Get("PolicyArn")
	switch action {
	case "GetCallerIdentity":
		return []element{
			text("Account", testAccount), text("Arn", "arn:aws:iam::"+testAccount+":user/ci"), text("UserId", "AIDA1"),
		}, nil, true
	case "GetPolicyVersion":
		t := s.things["version/"+arn+f.Get("VersionId")]
		if t == nil && isElsewhere(arn[strings.LastIndexByte(arn, '/')+1:]) {
			t = &thing{fields: map[string]string{"Document": "{}"}}
		}
		if t == nil {
			return nil, &failure{"NoSuchEntity"}, true
		}
		return []element{{name: "PolicyVersion", inner: append(t.inner(), text("VersionId", f.Get("VersionId")), text("IsDefaultVersion", "true"))}}, nil, true
	case "ListPolicyVersions":
		current := s.things["policy/"+arn].fields["DefaultVersionId"]
		return []element{members("Versions", element{inner: []element{
			text("VersionId", current), text("IsDefaultVersion", "true"), text("CreateDate", "2026-01-01T00:00:00Z"),
		}}), text("IsTruncated", "false")}, nil, true
	case "CreatePolicyVersion":
		s.things["policy/"+arn].fields["DefaultVersionId"] = "v2"
		s.things["version/"+arn+"v2"] = &thing{fields: map[string]string{"Document": f.Get("PolicyDocument")}}
		return []element{{name: "PolicyVersion", inner: []element{text("VersionId", "v2"), text("IsDefaultVersion", "true")}}}, nil, true
	case "UploadServerCertificate":
		metadata := &thing{fields: map[string]string{
			"ServerCertificateName": f.Get("ServerCertificateName"), "Path": "/", "ServerCertificateId": "ASCA1",
			"Arn": "arn:aws:iam::" + testAccount + ":server-certificate/" + f.Get("ServerCertificateName"), "Expiration": "2036-01-01T00:00:00Z",
			"UploadDate": "2026-01-01T00:00:00Z", "CertificateBody": f.Get("CertificateBody"),
		}, tags: tagsOf(f)}
		s.things["server-certificate/"+f.Get("ServerCertificateName")] = metadata
		return []element{{name: "ServerCertificateMetadata", inner: metadata.inner()}, metadata.tagList()}, nil, true
	case "GetServerCertificate":
		t := s.things["server-certificate/"+f.Get("ServerCertificateName")]
		if t == nil {
			return nil, &failure{"NoSuchEntity"}, true
		}
		return []element{{name: "ServerCertificate", inner: []element{
			{name: "ServerCertificateMetadata", inner: t.inner()}, text("CertificateBody", t.fields["CertificateBody"]), t.tagList(),
		}}}, nil, true
	case "CreateServiceLinkedRole":
		name := "AWSServiceRoleFor" + f.Get("AWSServiceName")
		t := named("Role", name)
		t.fields["Path"] = "/aws-service-role/" + f.Get("AWSServiceName") + "/"
		t.fields["Arn"] = "arn:aws:iam::" + testAccount + ":role" + t.fields["Path"] + name
		t.fields["AssumeRolePolicyDocument"], t.fields["Description"] = "{}", f.Get("Description")
		t.tags = map[string]string{}
		s.things["role/"+name] = t
		return []element{{name: "Role", inner: t.inner()}}, nil, true
	case "DeleteServiceLinkedRole":
		delete(s.things, "role/"+f.Get("RoleName"))
		return []element{text("DeletionTaskId", "task/"+f.Get("RoleName"))}, nil, true
	case "GetServiceLinkedRoleDeletionStatus":
		return []element{text("Status", "SUCCEEDED")}, nil, true
	case "UpdateOpenIDConnectProviderThumbprint", "AddClientIDToOpenIDConnectProvider", "RemoveClientIDFromOpenIDConnectProvider":
	case "GetOpenIDConnectProvider":
		t := s.things["oidc-provider/"+f.Get("OpenIDConnectProviderArn")]
		if t == nil {
			return nil, &failure{"NoSuchEntity"}, true
		}
		return append(t.inner(), members("ClientIDList", text("", "a")),
			members("ThumbprintList", text("", "cf23df2207d99a74fbe169e3eba035e633b65d94"))), nil, true
	case "ListSSHPublicKeys", "ListMFADevices":
		return []element{members("SSHPublicKeys"), members("MFADevices"), text("IsTruncated", "false")}, nil, true
	case "UpdateAssumeRolePolicy":
		s.things["role/"+f.Get("RoleName")].fields["AssumeRolePolicyDocument"] = f.Get("PolicyDocument")
	case "UpdateRoleDescription":
		s.things["role/"+f.Get("RoleName")].fields["Description"] = f.Get("Description")
		return []element{{name: "Role", inner: s.things["role/"+f.Get("RoleName")].inner()}}, nil, true
	case "ListEntitiesForPolicy":
		out := map[string][]element{}
		for list := range s.lists {
			rest, ok := strings.CutPrefix(list, "attached ")
			kind, name, _ := strings.Cut(rest, " ")
			if _, has := s.lists[list][arn]; ok && has {
				out[kind] = append(out[kind], element{inner: []element{text(kind+"Name", name), text(kind+"Id", "A1")}})
			}
		}
		return []element{
			members("PolicyRoles", out["Role"]...), members("PolicyUsers", out["User"]...), members("PolicyGroups", out["Group"]...),
			text("IsTruncated", "false"),
		}, nil, true
	default:
		return s.credentials(action, f)
	}
	return nil, nil, true
}

// actionsAbout are the actions of the requests since the n-th that hold a text,
// each once, in their order.
func (s *iamServer) actionsAbout(n int, what, singleton string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, a := range s.asked[n:] {
		if (strings.Contains(a.values, what) || strings.HasSuffix(a.values, singleton)) && !slices.Contains(out, a.action) {
			out = append(out, a.action)
		}
	}
	return out
}

func (s *iamServer) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}
