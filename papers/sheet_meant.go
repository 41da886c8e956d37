package papers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
)

// Meant is what a workbook is about, or is to be about. Empty fields leave it open.
type Meant struct {
	Cycle    string
	Subject  string          // the path of an OAP or of a change of one, or of a period: oap/2022
	Register policy.Register // consents where a State is named
	State    policy.Body
}

// MeantBy reads what a workbook is about: an OAP or a change of one (CYCLE/oap/2022/firearms), all OAPs of a period
// (CYCLE/oap/2022), a register (CYCLE/registers/progress) or the consents of a State (CYCLE/states/fr). A name of none
// is policy.CodeInvalid; no name leaves it to the workbook.
func MeantBy(about string) (Meant, error) {
	if about == "" {
		return Meant{}, nil
	}
	cycle, what, _ := strings.Cut(about, "/")
	kind, name, _ := strings.Cut(what, "/")
	meant := Meant{Cycle: cycle}
	switch kind {
	case "registers":
		err := meant.Register.UnmarshalText([]byte(name))
		if err == nil && meant.Register == "" {
			err = policy.Refuse(policy.CodeInvalid, "say which register is meant, as in %s", cycle+"/registers/indicators")
		}
		return meant, err
	case "states":
		meant.Register = policy.RegConsents
		var err error
		meant.State, err = policy.ParseBody(name)
		return meant, err
	}
	meant.Subject = what
	if meant.Whole() {
		return meant, nil
	}
	subject, err := policy.ParseSubject(about)
	meant.Cycle, meant.Subject = subject.Cycle, subject.Path()
	return meant, err
}

// Whole says whether all OAPs of a period are meant.
func (m Meant) Whole() bool {
	_, is := m.period()
	return is
}

// period gives the period whose OAPs are meant, where all of them are.
func (m Meant) period() (string, bool) {
	kind, period, _ := strings.Cut(m.Subject, "/")
	return period, kind == string(policy.KindOAP) && period != "" && !strings.Contains(period, "/")
}

// covers says whether a sheet is about what is meant.
func (m Meant) covers(s files.Stamp) bool {
	within := m.Subject == "" || s.Subject == m.Subject || strings.HasPrefix(s.Subject, m.Subject+"/")
	return (m.Cycle == "" || m.Cycle == s.Cycle) && within && (m.Register == "" || m.Register == s.Register)
}

// seal makes the digest of what a workbook would do: of the workbook, and of all that would be recorded instead of what.
func (in *Incoming) seal(content []byte) error {
	sum := sha256.New()
	sum.Write(content)
	for _, s := range in.Sheets {
		would := struct {
			IncomingSheet
			Plan     *policy.OperationalPlan
			Revision int
			Rows     []policy.Row
		}{IncomingSheet: s, Plan: s.plan}
		if s.was != nil {
			would.Revision = s.was.Revision
		}
		if s.file != nil {
			would.Rows = s.file.Rows
		}
		text, err := json.Marshal(would)
		if err != nil {
			return err
		}
		sum.Write(text)
	}
	in.Digest = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// Seen refuses a workbook of which somebody was shown something else: it is another one, or something was recorded
// since.
func (in *Incoming) Seen(digest string) error {
	if digest != in.Digest {
		return policy.Refuse(policy.CodeWrongVersion, "the workbook, or what is recorded, is not as it was when it was shown: look at it again")
	}
	return nil
}
