package e2e_test

import (
	"testing"

	"github.com/policycycle/policycycle/e2e/browser"
	"github.com/policycycle/policycycle/policy"
)

// TestPagesShowWhatALaterVersionWrote looks at each page of a cycle in whose records stand fields,
// words and a register that there are not, and a document that a check of today would refuse.
func TestPagesShowWhatALaterVersionWrote(t *testing.T) {
	t.Parallel()
	r := receives(t)
	const cycle = "pages-later"
	r.starts(kept(cycle))
	r.toPlans(cycle)
	oap := at(cycle, "oap/2022/firearms")
	r.awaits(oap, policy.StateDrafting)
	for _, register := range []policy.Row{
		row(policy.RegPosts, "driver/firearms", "2021-11-01", &policy.Holding{Holder: "se", Person: "42"}),
		row(policy.RegWarnings, "kits", "2021-11-01", &policy.Warning{Title: "Conversion kits", Area: "firearms"}),
		row(policy.RegConsents, "2022/firearms/1.1/fr", "2021-11-01", &policy.Consent{State: policy.Invited}),
	} {
		if err := r.enters(policy.SupportTeam, cycle, register); err != nil {
			t.Fatal(err)
		}
	}
	r.hands("se", oap, "2021-11-01", twoActions())
	execute(t, r.fortress.url, `SET session_replication_role = replica;
		UPDATE contents SET body = convert_to(jsonb_set(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{mandate}', '"Article 4"'), '{actions,0,kind}', '"drone-patrol"')::text, 'UTF8')
			WHERE convert_from(body, 'UTF8') LIKE '%Trace firearms%';
		UPDATE contents SET body = convert_to(jsonb_set(convert_from(body, 'UTF8')::jsonb, '{goals,0,key}', '"No key"')::text, 'UTF8')
			WHERE convert_from(body, 'UTF8') LIKE '%Fewer firearms%';
		UPDATE register_rows SET body = body || '{"deputy": "fi"}' WHERE register = 'posts';
		UPDATE register_rows SET body = '{"state": "tacit"}' WHERE register = 'consents';
		UPDATE register_rows SET register = 'forecasts' WHERE register = 'warnings'`)

	p := r.signsIn(t, "Anna", "General Secretariat", browser.Options{})
	c := "/cycles/" + cycle
	for _, path := range append(pagesOf(cycle), c+"/registers/consents") {
		p.goes(path)
		if status := p.Status(); status >= 500 {
			t.Errorf("%s: status %d", path, status)
		}
	}
	for path, says := range map[string]string{
		c + "/content/oap/2022/firearms": "Trace firearms", c + "/content/masp/general": "No key", c + "/registers/posts": "42",
		c + "/registers/consents": "tacit", c + "/findings": "no impact assessment",
	} {
		p.goes(path)
		p.See(says)
	}

	execute(t, r.fortress.url, `SET session_replication_role = replica; UPDATE contents SET body = 'scorched' WHERE convert_from(body, 'UTF8') LIKE '%Fewer firearms%'`)
	p.goes(c + "/on/masp/general")
	p.See("cannot be read by this version of policycycle")
	p.See("COSI: adopted")
	p.goes(c + "/findings")
	p.See("Could not look at all that they are about")
	p.goes(c + "/compliance")
	p.See("this version of policycycle cannot read them")
}
