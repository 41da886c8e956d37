package main

import (
	"context"
	"testing"

	"github.com/policycycle/policycycle/policy"
)

// Where nothing is said, a Temporal of others shows what is public, and the private one what
// is kept beside it.
func TestShown_IsCautiousWithTheTemporalOfOthers(t *testing.T) {
	t.Parallel()
	theirs := []string{"DATABASE_URL=postgres://u@db/p", "TEMPORAL_ADDRESS=temporal.example.eu:7233"}
	cases := map[string]struct {
		env  []string
		want policy.Marking
	}{
		"theirs":                 {theirs, policy.Public},
		"theirs, and allowed to": {append([]string{"POLICYCYCLE_TEMPORAL_MARKING=LIMITE"}, theirs...), policy.Limite},
		"ours":                   {nil, policy.Limite},
		"ours, and not to":       {[]string{"POLICYCYCLE_TEMPORAL_MARKING=PUBLIC"}, policy.Public},
		"ours, with less kept":   {[]string{"POLICYCYCLE_MARKING_CEILING=PUBLIC"}, policy.Public},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts := fakeParts(&fakeWorklist{})
			read, got := parts.read, policy.Marking("none")
			parts.read = func(ctx context.Context, c connection) (*rooms, error) {
				got = c.shown
				return read(ctx, c)
			}
			if ran := command(t.Context(), parts, tc.env, "inbox"); got != tc.want {
				t.Errorf("it shows what is %q, want %q: %+v", got, tc.want, ran)
			}
		})
	}
}
