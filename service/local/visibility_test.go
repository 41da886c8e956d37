package local_test

import (
	"testing"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/service/local"
)

// Whoever operates the machine sees everything; to do something they say who they are,
// whatever it is, and so does whoever asks as the public.
func TestService_LetsNobodyActWithoutAName(t *testing.T) {
	t.Parallel()
	svc := local.New(starts(t, "empact"), nil, nil)
	priorities := policy.Subject{Cycle: "empact", Kind: policy.KindPriorities}
	row := policy.Row{Register: policy.RegPosts, Key: "driver/firearms", Body: &policy.Holding{Holder: "es", Person: "a-specialist"}}
	for who, svc := range map[string]service.Service{"the operator": svc, "the public": svc.As(policy.Principal{})} {
		for what, do := range map[string]func() error{
			"decides": func() error {
				_, err := svc.Decide(t.Context(), service.Decide{Act: policy.Act{
					Subject: priorities, Body: policy.Council, Outcome: policy.Adopted, Document: "ST 1/21 INIT",
					By: policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat}, // who acts is not said twice
				}})
				return err
			},
			"hands in": func() error {
				_, err := svc.Submit(t.Context(), service.Submit{Subject: priorities})
				return err
			},
			"enters": func() error {
				_, err := svc.Enter(t.Context(), service.Enter{Cycle: "empact", Rows: []policy.Row{row}})
				return err
			},
			"takes on":     func() error { return svc.Claim(t.Context(), service.Claim{Subject: priorities}) },
			"gives a role": func() error { return svc.ChangeRole(t.Context(), service.ChangeRole{Person: 1}) },
			"audits":       func() error { _, err := svc.ListReads(t.Context(), "empact"); return err },
			"starts a cycle": func() error {
				_, err := svc.StartCycle(t.Context(), service.StartCycle{Definition: policytest.Cycle("autumn")})
				return err
			},
		} {
			if err := do(); policy.CodeOf(err) != policy.CodeNotIdentified {
				t.Errorf("%s %s: %v", who, what, err)
			}
		}
	}
	if found, err := svc.FindCycle(t.Context(), "empact"); err != nil || found.StartedBy == "" {
		t.Errorf("the operator sees %+v, %v", found, err)
	}
}

// A delegation speaks for itself, unless it says for whom.
func TestTakePosition_IsOnesOwnUnlessItSaysWhose(t *testing.T) {
	t.Parallel()
	svc, err := service.As(t.Context(), local.New(starts(t, "empact"), nil, nil), policy.Actor{Name: "Nina", Body: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	for delegation, want := range map[policy.Body]policy.Code{"": policy.CodeUnavailable, "fr": policy.CodeUnavailable, policy.Council: policy.CodeInvalid} {
		_, err := svc.TakePosition(t.Context(), service.Position{
			Subject: policy.Subject{Cycle: "empact", Kind: policy.KindPriorities}, Body: policy.Council, Delegation: delegation, Stance: policy.Agrees, Digest: "sha256:1",
		})
		if policy.CodeOf(err) != want {
			t.Errorf("a position of %q: %v, want %s", delegation, err, want)
		}
	}
}
