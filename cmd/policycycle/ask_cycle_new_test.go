package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// keeping is a service that keeps one cycle.
type keeping struct {
	fakeService
	cycle policy.Definition
}

func (k *keeping) FindScript(_ context.Context, id string) (*service.Script, error) {
	if id != k.cycle.Key {
		return nil, policy.Refuse(policy.CodeUnknown, "there is no cycle %q", id)
	}
	return &service.Script{Cycle: id, Definition: k.cycle}, nil
}

func TestCycleNew_WritesTheFileOfTheNextCycle(t *testing.T) {
	t.Parallel()
	kept, err := files.ReadCycle("cycle.yaml", strings.NewReader(smallCycle))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		args []string
		says string // on standard output, or of the refusal
		bad  bool
	}{
		"after the latest example":   {nil, "key: \"empact-2030-2033\"", false},
		"two years after it":         {[]string{"--shift", "2"}, "key: \"empact-2028-2031\"", false},
		"after another example":      {[]string{"--from", "empact-2022-2025", "--shift", "8y"}, "key: \"empact-2030-2033\"", false},
		"after one that is kept":     {[]string{"--from", "sunday"}, "key: \"sunday-2031\"", false},
		"after none":                 {[]string{"--from", "monday"}, "there is no cycle", true},
		"after a file that is away":  {[]string{"--from", "away.yaml"}, "there is none", true},
		"by a span that is none":     {[]string{"--shift", "four"}, "is no number of years", true},
		"by nothing":                 {[]string{"--shift", "0y"}, "is no number of years", true},
		"into years of no cycle yet": {[]string{"--from", "empact-2026-2029", "--shift", "40y"}, "key: \"empact-2066-2069\"", false},
	} {
		svc := &keeping{cycle: kept.Definition}
		p := fakeParts(svc)
		p.readCycle = files.ReadCycle
		got := command(t.Context(), p, nil, append([]string{"cycle", "new"}, test.args...)...)
		if test.bad {
			if got.status == 0 || !strings.Contains(got.err, test.says) {
				t.Errorf("%s: %+v", name, got)
			}
			continue
		}
		if got.status != 0 || !strings.Contains(got.out, test.says) || !strings.HasPrefix(got.out, "# A cycle file, drafted from the cycle before") {
			t.Errorf("%s: %d %s %.200s", name, got.status, got.err, got.out)
		}
		file := filepath.Join(t.TempDir(), "next.yaml")
		if err := os.WriteFile(file, []byte(got.out), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := command(t.Context(), p, nil, "cycle", "check", file); got.status != 0 || !strings.Contains(got.out, "is a sound cycle file") {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

const smallCycle = `format: 1
key: sunday
title: A small cycle
policy_window: { from: 2026-01-01, to: 2026-12-31 }
implementation_window: { from: 2027-01-01, to: 2030-12-31 }
assessment: { kind: SOCTA, title: SOCTA, due: 2026-03-15 }
conclusions: { due: 2026-06-13 }
evaluation: { opens: 2028-07-01, due: 2029-10-31 }
masp: { per_priority: true, drafting: 2026-07-01, due: 2026-10-30 }
periods:
  - key: "p1"
    from: 2027-01-01
    to: 2027-12-31
    drafting: 2026-09-01
    due: 2026-12-10
    reports: [{ key: final, opens: 2027-11-01, due: 2027-12-25 }]
priorities:
  - key: cyber-attacks
    title: Cyber-attacks
    kind: crime
    oaps:
      - { key: cyber-attacks, title: Cyber-attacks, driver: es }
`
