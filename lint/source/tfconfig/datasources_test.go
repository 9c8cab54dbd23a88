package tfconfig

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
)

const plannedDir = "testdata/datasources"

// plannedOutputs are the outputs as the real Terraform plans them: those of the
// golden file, or asked again where there is a terraform and a provider.
func plannedOutputs(t *testing.T) map[string]any {
	t.Helper()
	golden := filepath.Join(plannedDir, "outputs.golden")
	var want map[string]any
	src, err := os.ReadFile(golden)
	if err == nil {
		err = json.Unmarshal(src, &want)
	}
	terraform, plugins := os.Getenv("BOUNDLINT_TEST_TERRAFORM"), os.Getenv("BOUNDLINT_TEST_PLUGIN_DIR")
	if terraform == "" || plugins == "" {
		if err != nil {
			t.Fatal(err)
		}
		return want
	}
	asked := askTerraform(t, terraform, plugins, plannedDir)
	if *update {
		writeGolden(t, golden, asked)
	} else if !reflect.DeepEqual(asked, want) {
		t.Errorf("terraform plans other outputs than those of %s: run with -update", golden)
	}
	return asked
}

// askTerraform plans a copy of a directory and gives its outputs.
func askTerraform(t *testing.T, terraform, plugins, dir string) map[string]any {
	t.Helper()
	tmp := t.TempDir()
	if err := os.CopyFS(tmp, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	run := func(args ...string) []byte {
		cmd := exec.Command(terraform, args...)
		cmd.Dir = tmp
		cmd.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+os.DevNull, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("terraform %v: %v\n%s%s", args, err, out, stderr.Bytes())
		}
		return out
	}
	run("init", "-plugin-dir="+plugins, "-no-color")
	run("plan", "-refresh=false", "-no-color", "-out=plan")
	var plan struct {
		Planned struct {
			Outputs map[string]struct {
				Value any `json:"value"`
			} `json:"outputs"`
		} `json:"planned_values"`
	}
	if err := json.Unmarshal(run("show", "-json", "plan"), &plan); err != nil {
		t.Fatal(err)
	}
	outputs := map[string]any{}
	for name, o := range plan.Planned.Outputs {
		outputs[name] = o.Value
	}
	return outputs
}

// TestOfflineDataSources compares what data sources and functions of the
// provider, and ephemeralasnull, give here with what the real Terraform plans.
func TestOfflineDataSources(t *testing.T) {
	want := plannedOutputs(t)
	ev := evaluate(t, plannedDir, Options{})
	// These are in tables that only the provider has.
	unknown := []string{"described", "supported"}
	for name := range ev.root.config.outputs {
		v, _ := ev.root.env().value(ev.root.output(name, hcl.Range{}, ev.root.env())).UnmarkDeep()
		known := v.IsWhollyKnown() && !symbolic(v)
		switch {
		case slices.Contains(unknown, name):
			if known {
				t.Errorf("%s is known: %#v", name, v)
			}
		case !known:
			t.Errorf("%s is not known: %s", name, show(ev.symbols, v.GoString()))
		default:
			if got := plainJSON(t, v); !reflect.DeepEqual(got, want[name]) {
				a, _ := json.MarshalIndent(got, "", " ")
				b, _ := json.MarshalIndent(want[name], "", " ")
				t.Errorf("%s\n     here %s\nterraform %s", name, a, b)
			}
		}
	}
	for _, p := range ev.problems {
		t.Errorf("%s: %s", p.rng, p.message)
	}
}

func plainJSON(t *testing.T, v cty.Value) any {
	t.Helper()
	src, err := ctyjson.Marshal(v, v.Type())
	if err != nil {
		t.Fatal(err)
	}
	var out any
	if err := json.Unmarshal(src, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
