package policy_test

import (
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/policytest"
)

// The cast of the stories is that of policytest.

type (
	story = policytest.Story
	file  = policytest.File
)

const key = policytest.Key

var (
	date     = policytest.Date
	on       = policytest.On
	year     = policytest.Year
	sound    = policytest.Sound
	open     = policytest.Open
	entryOf  = policytest.EntryOf
	launches = policytest.Launches
	ends     = policytest.Ends
	submits  = policytest.Submits
	decides  = policytest.Decides
	confirms = policytest.Confirms
	seconded = policytest.Seconded
	of       = policytest.Of
	version  = policytest.Version
	inOrder  = policytest.InOrder
)

// many makes n values.
func many[T any](n int, one func(i int) T) []T { return policytest.Many(n, one) }

// content finds what stands in a document of a story, to change it.
func content[T policy.Content](s *story, path string) T { return policytest.Content[T](s, path) }

// records gives where everything stands on the day of a story.
func records(s *story) policy.Records {
	r, _, _ := s.Records()
	return r
}

// everybody is every body there is, with one Member State that drives the OAP
// on firearms and one that does not.
var everybody = []policy.Body{
	policy.Council, policy.Coreper, policy.COSI, policy.COSISupportGroup, policy.SupportTeam, policy.Presidency,
	policy.GeneralSecretariat, policy.Commission, policy.Europol, policy.Eurojust, policy.Frontex, policy.CEPOL,
	policy.EUDA, policy.EULISA, policy.EUIPO, policy.OLAF, policy.EPPO, policy.EEAS, policy.Evaluator,
	policy.EuropeanParliament, policy.NationalParliament, "se", "fr",
}
