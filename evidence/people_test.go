package evidence_test

import (
	"strings"
	"testing"
	"time"

	"github.com/policycycle/policycycle/evidence"
	"github.com/policycycle/policycycle/policy"
)

// A line on somebody counts as it was written, under its number, and with a seal: without one
// among the first alone, from before there were any.
func TestKeyringReadPerson_TakesALineInItsPlaceAlone(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	role := policy.Grant{Role: policy.RoleOfficial, Body: policy.GeneralSecretariat}
	line := func(s *evidence.Signer, sequence int64) evidence.SealedPerson {
		l := evidence.PersonLine{
			Sequence: sequence, Recorded: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Act: evidence.PersonRole, Person: 7, Role: &role, Source: evidence.FromHand, Given: true,
		}
		kept, err := s.ChainPerson(evidence.PeopleGenesis(), l)
		if err != nil {
			t.Fatal(err)
		}
		return kept
	}
	changed := func(p evidence.SealedPerson, change func(*evidence.SealedPerson)) evidence.SealedPerson {
		change(&p)
		return p
	}
	forAnother := func(p *evidence.SealedPerson) { p.Body = strings.Replace(p.Body, `"person":7`, `"person":8`, 1) }
	rehashed := func(p *evidence.SealedPerson) { forAnother(p); p.Hash = evidence.Digest([]byte(p.Body)) }
	for name, test := range map[string]struct {
		line evidence.SealedPerson
		says string // "" where it counts
	}{
		"sealed":                            {line(o.Signer, 9), ""},
		"from before there were seals":      {line(nil, 3), ""},
		"without a seal":                    {line(nil, 4), "it bears no seal"},
		"changed":                           {changed(line(o.Signer, 9), forAnother), "it is not as it was written"},
		"changed, with a hash of its own":   {changed(line(o.Signer, 9), rehashed), "its seal does not belong to it"},
		"changed, from before":              {changed(line(nil, 3), forAnother), "it is not as it was written"},
		"repeated later":                    {changed(line(o.Signer, 9), func(p *evidence.SealedPerson) { p.Sequence = 12 }), "it stands in another place"},
		"said to be from before, and later": {changed(line(nil, 3), func(p *evidence.SealedPerson) { p.Sequence = 12 }), "it stands in another place"},
		"no line at all":                    {evidence.SealedPerson{Sequence: 3, Body: "{", Hash: evidence.Digest([]byte("{"))}, "it is not as it was written"},
	} {
		_, err := o.ring.ReadPerson(test.line, 3)
		if (err == nil) != (test.says == "") || err != nil && (policy.CodeOf(err) != policy.CodeSeal || !strings.Contains(err.Error(), test.says)) {
			t.Errorf("%s: %v, want %q", name, err, test.says)
		}
	}
}
