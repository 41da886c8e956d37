package policy_test

import (
	"fmt"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// COSI is to adopt an OAP before its own Support Group has dealt with it.
func ExampleJudge() {
	cycle := policytest.Sound()
	oap, _ := policy.Records{Definition: &cycle}.Entry(policytest.On("oap/2022/firearms"))
	handedIn := policy.Recorded{ID: "version-1", Act: policy.Act{
		Kind: policy.ActSubmit, Subject: oap.Subject, Date: policytest.Date("2021-11-02"),
		By: policy.Actor{Name: "Dagny", Body: "se"}, Version: 1, Digest: "sha256:version-1",
	}}
	err := policy.Judge(oap, oap.Opens, []policy.Recorded{handedIn}, policy.Act{
		Kind: policy.ActDecide, Subject: oap.Subject, Date: policytest.Date("2021-12-08"),
		By:   policy.Actor{Name: "Anna", Body: policy.GeneralSecretariat},
		Body: policy.COSI, Outcome: policy.Adopted, Procedure: policy.Meeting,
		Document: "EX 14000/21 INIT", Version: 1, Digest: "sha256:version-1",
	}, policy.Facts{Today: policytest.Date("2021-12-08")})
	fmt.Println(policy.CodeOf(err))
	fmt.Println(err)
	// Output:
	// not-open
	// empact/oap/2022/firearms is before EMPACT Support Team; if COSI concluded without it, give the reason for skipping it
}
