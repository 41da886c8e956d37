package evidence

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/policycycle/policycycle/policy"
)

// PersonAct is what a line of the trail of people says.
type PersonAct string

// What becomes of people.
const (
	PersonKnown  PersonAct = "known"  // an account is known from now on, as that of a person
	PersonMoved  PersonAct = "moved"  // an account is another person's from now on
	PersonNamed  PersonAct = "named"  // a person has a name from now on
	PersonRole   PersonAct = "role"   // a person was given a role, or it was withdrawn
	PersonErased PersonAct = "erased" // the name of a person was taken out of the records
	// PersonCalendar is that an address was made at which the calendar of a person is read
	// without a log-in, or was revoked.
	PersonCalendar PersonAct = "calendar"
)

// PersonLine is one line of the trail of people, which says who is who and who may do
// what. Names and accounts stand in it by digests alone: they can be erased.
type PersonLine struct {
	Sequence int64     `json:"sequence"` // from 1 on, without gaps
	Recorded time.Time `json:"recorded"` // UTC, to the microsecond
	Act      PersonAct `json:"act"`
	Person   int64     `json:"person"`
	// Account is the number of the account that is known or moved, or whose claims a role
	// follows from, and AccountDigest what AccountDigest gives of it.
	Account       int64  `json:"account,omitempty"`
	AccountDigest string `json:"account_digest,omitempty"`
	// NameDigest is what NameDigest gives of a name.
	NameDigest string `json:"name_digest,omitempty"`
	// Role is what was given, or with Given false withdrawn: by the claims of an account,
	// or by hand.
	Role   *policy.Grant `json:"role,omitempty"`
	Source RoleSource    `json:"source,omitempty"`
	Given  bool          `json:"given,omitempty"`
	// Calendar is the number of the address of a calendar that was made (Given) or revoked.
	Calendar int64 `json:"calendar,omitempty"`
	// By is the person who did it; 0 where it follows from what a provider says.
	By       int64  `json:"by,omitempty"`
	Previous string `json:"previous"` // hash of the line before
}

// RoleSource is where a role comes from.
type RoleSource string

// The sources of a role.
const (
	FromClaims RoleSource = "claims" // of a provider
	FromHand   RoleSource = "hand"   // of an administrator
)

// SealedPerson is a line of the trail of people as it is kept: its text, with the seal of
// the office.
type SealedPerson struct {
	// Sequence is the number under which it is kept, which the body has to bear.
	Sequence  int64  `json:"sequence"`
	Body      string `json:"body"` // the JSON of the line
	Hash      string `json:"hash"` // of the body
	KeyID     string `json:"key_id,omitempty"`
	Signature string `json:"signature,omitempty"`
}

// AccountDigest gives the digest by which the trail of people knows an account.
func AccountDigest(issuer, subject string) string { return Digest([]byte(issuer + "\n" + subject)) }

// NameDigest gives the digest by which the trail of people knows a name. The salt is
// kept beside the name, and goes with it: then nobody finds the name by trying.
func NameDigest(salt, name string) string { return Digest([]byte(salt + "\n" + name)) }

// PeopleGenesis is what the first line of the trail of people is chained to.
func PeopleGenesis() string { return Digest([]byte("policycycle people")) }

// sealedPerson begins what is signed of a line of the trail of people.
const sealedPerson = "policycycle person\n"

// ChainPerson writes a line behind the one with the hash previous, with the seal of the
// office; a nil one is for where nothing is sealed.
func (s *Signer) ChainPerson(previous string, l PersonLine) (SealedPerson, error) {
	l.Previous, l.Recorded = previous, l.Recorded.UTC().Truncate(time.Microsecond)
	body, err := Canonical(l)
	if err != nil {
		return SealedPerson{}, err
	}
	kept := SealedPerson{Sequence: l.Sequence, Body: string(body), Hash: Digest(body)}
	if s == nil {
		return kept, nil
	}
	kept.KeyID = s.ID()
	kept.Signature, err = s.sign([]byte(sealedPerson+kept.Hash), policy.Refuse(policy.CodeSeal, "who is who could not be sealed"))
	return kept, err
}

// Line reads a line as it stands.
func (p SealedPerson) Line() (PersonLine, error) {
	var l PersonLine
	if err := policy.Read([]byte(p.Body), &l); err != nil {
		return l, fmt.Errorf("a line of the trail of people: %w", err)
	}
	return l, nil
}

// ReadPerson reads a line that counts: one that is as it was written, under its number, and
// bears a good seal. So many first lines as unsealed need none. The error has
// policy.CodeSeal.
func (k *Keyring) ReadPerson(p SealedPerson, unsealed int64) (PersonLine, error) {
	l, err := p.Line()
	switch {
	case err != nil || Digest([]byte(p.Body)) != p.Hash:
		return l, policy.Refuse(policy.CodeSeal, "it is not as it was written")
	case l.Sequence != p.Sequence:
		return l, policy.Refuse(policy.CodeSeal, "it stands in another place than it was written for")
	case p.Signature == "" && p.Sequence <= unsealed:
		return l, nil
	case p.KeyID == "" || p.Signature == "":
		return l, policy.Refuse(policy.CodeSeal, "it bears no seal: serve alone says who is who")
	}
	return l, k.verify(p.KeyID, p.Signature, l.Recorded, []byte(sealedPerson+p.Hash),
		policy.Refuse(policy.CodeSeal, "its seal does not belong to it: it was changed, or sealed by somebody else"))
}

// OfAccount says whether the line tells whose an account is from now on.
func (l PersonLine) OfAccount() bool { return l.Act == PersonKnown || l.Act == PersonMoved }

// RolesOf gives the roles that follow from lines about one person, oldest first: of each
// role, by its source, what was said last. What was withdrawn by hand stays withdrawn,
// whatever claims say.
func RolesOf(lines []PersonLine) []policy.Grant {
	last := lastSaid(lines)
	var roles []policy.Grant
	for from, given := range last {
		byHand, told := last[roleFrom{role: from.role, source: FromHand}]
		if given && (!told || byHand) && !slices.Contains(roles, from.role) {
			roles = append(roles, from.role)
		}
	}
	return inOrder(roles)
}

// RolesFrom gives the roles that a person has from one source: by hand, or from the claims
// of an account.
func RolesFrom(lines []PersonLine, source RoleSource, account int64) []policy.Grant {
	var roles []policy.Grant
	for from, given := range lastSaid(lines) {
		if given && from.source == source && from.account == account {
			roles = append(roles, from.role)
		}
	}
	return inOrder(roles)
}

// SaidByHand says whether a role was given or withdrawn by hand last, and whether that
// was said at all.
func SaidByHand(lines []PersonLine, role policy.Grant) (given, said bool) {
	given, said = lastSaid(lines)[roleFrom{role: role, source: FromHand}]
	return given, said
}

// roleFrom is a role by its source.
type roleFrom struct {
	role    policy.Grant
	source  RoleSource
	account int64
}

// lastSaid says of each role, by its source, whether it was given or withdrawn last.
func lastSaid(lines []PersonLine) map[roleFrom]bool {
	last := map[roleFrom]bool{}
	for _, l := range lines {
		if l.Act == PersonRole && l.Role != nil {
			last[roleFrom{*l.Role, l.Source, l.Account}] = l.Given
		}
	}
	return last
}

func inOrder(roles []policy.Grant) []policy.Grant {
	slices.SortFunc(roles, func(a, b policy.Grant) int {
		return cmp.Or(cmp.Compare(a.Role, b.Role), cmp.Compare(a.Body, b.Body), cmp.Compare(a.Scope, b.Scope))
	})
	return roles
}

// HolderOf gives whose an account is by lines about it, oldest first, and by which digest
// it is known; 0 where none says so.
func HolderOf(lines []PersonLine, account int64) (person int64, digest string) {
	for _, l := range lines {
		if l.Account == account && l.OfAccount() {
			person, digest = l.Person, l.AccountDigest
		}
	}
	return person, digest
}
