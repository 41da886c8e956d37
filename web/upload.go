package web

import (
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
		for _, period := range c.Periods {
			u.may = u.may || meant.Subject == string(policy.KindOAP)+"/"+period.Key && slices.ContainsFunc(period.OAPs, mayHandIn)
		}
		return nil
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
	seen := v.form("take")
	if seen == "" || in.Changed() == 0 {
		return "", nil
	}
	if err := in.Seen(seen); err != nil {
		return "", err
	}
	taken, err := sheets.Take(v.ctx(), in)
	if err != nil {
		return "", err
	}
	if taken.Entered != nil {
		v.Said = v.N("registers.recorded", taken.Entered.Rows) + v.remarks(taken.Entered.Remarks)
	} else {
		v.Said = v.N("sheet.saved", len(taken.Drafts))
	}
	return u.Table, nil
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
