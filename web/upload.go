package web

import (
	"cmp"
	"encoding/base64"
	"slices"

	"github.com/policycycle/policycycle/papers"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// uploadView is what the page shows on which a workbook is taken in.
type uploadView struct {
	Meant papers.Meant
	What  string // as the address names it
	Tab   string // of the pages of the cycle
	Table string // the address of the page on which the table stands
	of    string // what people call it
	may   bool
}

// uploadPage is where a workbook comes in: first it shows what that would change.
func uploadPage(v *page, c *service.Cycle) (body, error) {
	u, err := v.uploadTo(c)
	if err != nil {
		return nil, err
	}
	v.titleIn("sheet.title", "What", u.of)
	return upload(v, u), nil
}

// uploadTo finds the table that a workbook is to change, for who may do so.
func (v *page) uploadTo(c *service.Cycle) (*uploadView, error) {
	if _, err := v.actor(); err != nil {
		return nil, err
	}
	u := &uploadView{What: v.path("what"), Tab: "plans"}
	var err error
	if u.Meant, err = papers.MeantBy(c.ID + "/" + u.What); err == nil {
		err = v.findTable(u, c)
	}
	if err == nil && !u.may {
		err = policy.Refuse(policy.CodeNotCompetent, "a workbook is taken in from those who may change the table that it is about")
	}
	return u, err
}

// findTable says where the table stands, and whether the reader may change it.
func (v *page) findTable(u *uploadView, c *service.Cycle) error {
	switch meant := u.Meant; {
	case meant.State != "":
		sheet, err := v.service.NationalSheet(v.ctx(), c.ID, meant.State)
		u.may = err == nil && sheet.MayConsent
		u.Tab, u.Table, u.of = "", statePath(c.ID, meant.State), v.Word("body", meant.State)
		return err
	case meant.Register != "":
		u.may = v.mayEnter(meant.Register)
		u.Tab, u.Table, u.of = "registers", registerPath(c.ID, meant.Register), v.Word("register", meant.Register)
		return nil
	case meant.Whole():
		u.Table, u.of = "/cycles/"+c.ID+"/plans", v.T("tab.plans")
		return v.mayChangeSome(u, c)
	}
	subject, err := policy.ParseSubject(c.ID + "/" + u.Meant.Subject)
	if err != nil {
		return err
	}
	found, err := v.service.FindSubject(v.ctx(), subject)
	if err == nil {
		u.Table, u.of, u.may = draftPath(found.Subject), found.Title, hasSheet(found.Subject) && mayHandIn(*found)
	}
	return err
}

// mayChangeSome says whether the reader may change one of the OAPs of a period.
func (v *page) mayChangeSome(u *uploadView, c *service.Cycle) error {
	for _, period := range c.Periods {
		for _, oap := range period.OAPs {
			if u.may || u.Meant.Subject != string(policy.KindOAP)+"/"+period.Key {
				break
			}
			found, err := v.service.FindSubject(v.ctx(), oap.Subject)
			if err != nil {
				return err
			}
			u.may = mayHandIn(*found)
		}
	}
	return nil
}

// mayHandIn says whether the reader may hand something in, and so write a draft of it.
func mayHandIn(s service.Subject) bool { return slices.Contains(s.May, policy.Deed(policy.ActSubmit)) }

// takeSheet shows what a workbook would change. Once that was seen, and is so still, it is taken.
func takeSheet(v *page) (string, error) {
	meant, err := papers.MeantBy(v.path("cycle") + "/" + v.path("what"))
	if err == nil {
		err = v.freshFor(meant.Register)
	}
	if err != nil {
		return "", err
	}
	c, err := v.find()
	if err != nil {
		return "", err
	}
	u, err := v.uploadTo(c)
	if err != nil {
		return "", err
	}
	if len(v.file.content) == 0 {
		return "", policy.Refuse(policy.CodeInvalid, "choose an Excel workbook")
	}
	sheets := papers.Sheets{Service: v.service, Words: v.Printer}
	in, err := sheets.Preview(v.ctx(), v.file.name, v.file.content, u.Meant)
	if err != nil {
		return "", err
	}
	v.incoming, v.sent.File = in, "" // it stands in the form that follows
	if seen := cmp.Or(v.form("take"), v.form("hand_in")); seen != "" && in.Changed() > 0 {
		return v.takeSeen(u, sheets, seen)
	}
	return "", nil
}

// takeSeen takes what was shown, where it is so still, and hands it in where that is wanted.
func (v *page) takeSeen(u *uploadView, sheets papers.Sheets, seen string) (string, error) {
	in, r := v.incoming, v.reading()
	say := papers.Submission{Statement: service.Statement{Comment: v.form("comment"), Language: v.written()}, Document: r.document()}
	r.noted(in.Seen(seen))
	handIn := v.form("hand_in") != ""
	if handIn {
		r.noted(in.Judge(say))
	}
	if r.err != nil {
		return "", r.err
	}
	taken, err := sheets.Take(v.ctx(), in)
	switch {
	case err != nil:
		return "", err
	case taken.Entered != nil:
		v.Said = v.N("registers.recorded", taken.Entered.Rows) + v.remarks(taken.Entered.Remarks)
	case handIn:
		return v.handedIn(u, taken, sheets.HandIn(v.ctx(), in, taken, say))
	default:
		v.Said = v.N("sheet.saved", len(taken.Drafts))
	}
	return u.Table, nil
}

// handedIn says which plans are handed in, and which are not and why.
func (v *page) handedIn(u *uploadView, taken *papers.Taken, err error) (string, error) {
	if err == nil && len(taken.HandedIn) == 1 {
		return v.acted(taken.HandedIn[0].Receipt, nil)
	}
	if err == nil {
		v.Said = v.N("sheet.handed_in", len(taken.HandedIn))
		return u.Table, nil
	}
	v.incoming = nil // it is taken, and not to be taken again
	done := 0
	for _, plan := range taken.HandedIn {
		if refusal := plan.Refusal(); refusal != nil {
			v.Details = append(v.Details, v.name(plan.Subject.Path())+": "+v.localized(refusal))
		} else {
			done++
		}
	}
	v.Told = v.N("sheet.handed_in", done) + " " + v.T("sheet.stays")
	return "", err
}

// The fields in which a page sends a file along that was chosen before: a browser chooses none again.
const fieldFile, fieldFileName = "workbook", "workbook_name"

// text gives the file as a field of a form holds it.
func (a attached) text() string { return base64.StdEncoding.EncodeToString(a.content) }

// sentAlong takes the file that a page has sent along. It is the last field, and none that was typed.
func (v *page) sentAlong() error {
	text := v.r.PostForm.Get(fieldFile)
	if text == "" {
		return nil
	}
	v.r.PostForm.Del(fieldFile)
	content, err := base64.StdEncoding.DecodeString(text)
	if len(content) > service.MaxContent {
		return errLargeFile
	}
	v.file = attached{name: v.r.PostForm.Get(fieldFileName), content: content}
	return err
}

// mostChanges is how many changes of a sheet a page lists.
const mostChanges = 500

// uploadPath gives the address at which a workbook comes in.
func uploadPath(cycle, what string) string { return "/cycles/" + cycle + "/upload/" + what }

// statePath gives the page of what concerns a State.
func statePath(cycle string, state policy.Body) string {
	return "/cycles/" + cycle + "/states/" + string(state)
}
