package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// whole writes an OAP that is classified, and gives the name of the file.
func whole(t *testing.T) string {
	t.Helper()
	var text bytes.Buffer
	if err := files.WriteContent(&text, policytest.Firearms("2022", "2021")); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "firearms.yaml")
	if err := os.WriteFile(name, text.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A skeleton is made on the machine that may hold the OAP: no service is asked.
func TestContentSkeleton_LeavesOutWhatMayNotBeHeld(t *testing.T) {
	t.Parallel()
	name := whole(t)
	for _, test := range []struct {
		environ     []string
		says, hides []string
	}{
		{nil, []string{"skeleton:", `- "code"`, `code: "1.1"`}, []string{"Action 1.1", "leader", "kind", "20000", "impact"}},
		{
			[]string{"POLICYCYCLE_SKELETON_FIELDS=leader,funding.state", "POLICYCYCLE_SKELETON_DECIDED_BY=Ingrid Sand, 2026-11-30"},
			[]string{`- "leader"`, `leader: "se"`, `state: "granted"`}, []string{"Action 1.1", "kind:", "20000", "impact"},
		},
	} {
		got := command(t.Context(), fakeParts(nil), test.environ, "content", "skeleton", name)
		if got.status != 0 {
			t.Fatal(got)
		}
		for _, says := range test.says {
			if !strings.Contains(got.out, says) {
				t.Errorf("it does not say %q:\n%s", says, got.out)
			}
		}
		for _, says := range test.hides {
			if strings.Contains(got.out, says) {
				t.Errorf("it says %q:\n%s", says, got.out)
			}
		}
		if content, err := files.ReadContent("skeleton.yaml", policy.KindOAP, strings.NewReader(got.out)); err != nil || policy.SkeletonIn(content) == nil {
			t.Errorf("it is no skeleton that can be handed in: %v", err)
		}
	}
}
