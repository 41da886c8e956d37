package web

import (
	"bytes"
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/policycycle/policycycle/files"
	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
)

// contentView is what the page of a document shows.
type contentView struct {
	*service.Document
	Title      string
	Versions   []service.Version
	Plan       *policy.OperationalPlan // of an OAP or a change
	Strategy   *policy.StrategicPlan   // of a MASP
	Other      string                  // the text of any other content
	Actions    []policy.OperationalAction
	Filter     actionFilter
	Difference *service.Comparison
	MayDraft   bool
	InForce    bool // the version was not chosen: it is the one that is in force
}

// actionFilter narrows the table of actions.
type actionFilter struct {
	Text, Kind string
	Body       policy.Body
}

func (f actionFilter) keeps(a policy.OperationalAction) bool {
	takesPart := f.Body == "" || a.Leader == f.Body || slices.Contains(a.CoLeaders, f.Body) || slices.Contains(a.Participants, f.Body)
	text := strings.ToLower(a.Code + " " + a.Title + " " + a.Description)
	return takesPart && (f.Kind == "" || string(a.Kind) == f.Kind) && strings.Contains(text, strings.ToLower(f.Text))
}

func contentPage(v *page) (body, error) {
	subject, err := v.subject()
	if err != nil {
		return nil, err
	}
	version, err := wholeNumber(v.query("version"))
	if err != nil {
		return nil, err
	}
	document, err := v.service.FindContent(v.ctx(), subject, version)
	if err != nil {
		return nil, err
	}
	found, err := v.service.FindSubject(v.ctx(), subject)
	if err != nil {
		return nil, err
	}
	known, err := v.service.FindCycle(v.ctx(), subject.Cycle)
	if err != nil {
		return nil, err
	}
	v.know(known)
	v.Title = v.T("content.title", "Title", found.Title, "Version", document.Version)
	c := &contentView{
		Document: document, Title: found.Title, Versions: found.Versions, InForce: version == 0,
		MayDraft: mayHandIn(*found),
	}
	if was := v.query("was"); was != "" {
		n, err := wholeNumber(was)
		if err != nil {
			return nil, err
		}
		if c.Difference, err = v.service.CompareVersions(v.ctx(), subject, n, document.Version); err != nil {
			return nil, err
		}
		v.Title = v.T("content.title_compared", "Title", found.Title, "Was", n, "Is", document.Version)
	}
	return content(v, c), c.read(v)
}

// handedFile gives a file as it was handed in, to be kept: what somebody else wrote is not
// shown as a page of ours.
func handedFile(v *page, w http.ResponseWriter) error {
	subject, err := v.subject()
	if err != nil {
		return err
	}
	file, err := v.service.FindFile(v.ctx(), subject, v.query("record"))
	if err != nil {
		return err
	}
	name := strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, cmp.Or(string(file.Document), file.Record))
	w.Header().Set("Content-Type", file.MediaType)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+files.Ending(file.MediaType)+`"`)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(file.Body)
	return err
}

// handedIn gives how the version that is shown was handed in.
func (c *contentView) handedIn() service.Version {
	at := slices.IndexFunc(c.Versions, func(v service.Version) bool { return v.Version == c.Version })
	if at < 0 {
		return service.Version{}
	}
	return c.Versions[at]
}

// read sorts what stands in the document for the page.
func (c *contentView) read(v *page) error {
	c.Filter = actionFilter{Text: v.query("text"), Kind: v.query("kind"), Body: policy.Body(v.query("body"))}
	switch held := c.Content.(type) {
	case *policy.OperationalPlan:
		c.Plan = held
		for _, a := range held.Actions {
			if c.Filter.keeps(a) {
				c.Actions = append(c.Actions, a)
			}
		}
	case *policy.StrategicPlan:
		c.Strategy = held
	default:
		text, err := asYAML(held)
		c.Other = text
		return err
	}
	return nil
}

// asYAML writes content as people read it, and as files are read.
func asYAML(content policy.Content) (string, error) {
	var text strings.Builder
	err := files.WriteContent(&text, content)
	return text.String(), err
}

// bodiesIn lists who takes part in the actions of a plan.
func bodiesIn(p *policy.OperationalPlan) []policy.Body {
	var bodies []policy.Body
	for _, a := range p.Actions {
		bodies = append(bodies, a.Everybody()...)
	}
	slices.Sort(bodies)
	return slices.Compact(bodies)
}

// partOf says which part a body has in the actions of a plan.
func partOf(p *policy.OperationalPlan, b policy.Body) (leads, takesPart int) {
	for _, a := range p.Actions {
		switch {
		case a.Leader == b || slices.Contains(a.CoLeaders, b):
			leads++
		case slices.Contains(a.Participants, b):
			takesPart++
		}
	}
	return leads, takesPart
}

// contentToSubmit finds what is handed in: a file, or the draft that is kept here,
// whose revision it gives. A file is read where the cycle keeps what stands in it;
// elsewhere it stays as it is, byte for byte, for its fingerprint is that of the paper.
func (v *page) contentToSubmit(in *service.Submit) (draft int, err error) {
	if v.form("revision") != "" {
		found, err := v.service.FindDraft(v.ctx(), in.Subject)
		if err != nil {
			return 0, err
		}
		if strconv.Itoa(found.Revision) != v.form("revision") {
			return 0, policy.Refuse(policy.CodeWrongVersion, "somebody else has changed the draft meanwhile: look at it again")
		}
		return found.Revision, in.SetContent(found.Content)
	}
	in.Content, in.MediaType = v.file.content, v.file.mediaType
	if len(in.Content) == 0 {
		return 0, nil
	}
	found, err := v.service.FindSubject(v.ctx(), in.Subject)
	if err != nil || !found.Stored {
		return 0, err
	}
	content, err := files.ReadContent("file", in.Subject.Kind, bytes.NewReader(in.Content))
	if err != nil {
		return 0, err
	}
	return 0, in.SetContent(content)
}

// draftView is what the page of a draft shows.
type draftView struct {
	*service.Draft
	Title   string
	Plan    *policy.OperationalPlan
	Action  *policy.OperationalAction // the one that is edited
	Source  string                    // the whole as text
	IsThere bool                      // whether the action is in the draft already
	Revises int                       // the version before a body in whose place it would come; 0 for none
}

func draftPage(v *page) (body, error) {
	d, err := v.findDraft()
	if err != nil {
		return nil, err
	}
	v.Title = v.T("draft.title") + ": " + d.Title
	switch {
	case d.IsThere:
		v.Title = v.T("draft.title_action", "Code", d.Action.Code, "Plan", d.Title)
	case d.Action != nil:
		v.Title = v.T("draft.title_new", "Plan", d.Title)
	}
	return draft(v, d), nil
}

func (v *page) findDraft() (*draftView, error) {
	if _, err := v.actor(); err != nil {
		return nil, err
	}
	subject, err := v.subject()
	if err != nil {
		return nil, err
	}
	found, err := v.service.FindDraft(v.ctx(), subject)
	if err != nil {
		return nil, err
	}
	now, err := v.service.FindSubject(v.ctx(), subject)
	if err != nil {
		return nil, err
	}
	c, err := v.service.FindCycle(v.ctx(), subject.Cycle)
	if err != nil {
		return nil, err
	}
	v.know(c)
	d := &draftView{Draft: found, Title: v.name(subject.Path())}
	d.Revises = now.Revises()
	if plan, is := found.Content.(*policy.OperationalPlan); is {
		d.Plan = plan
		d.find(v.query("action"))
	}
	d.Source, err = asYAML(found.Content)
	return d, err
}

// saveDraft keeps a draft: one action of it, or the whole as text.
func saveDraft(v *page) (string, error) {
	d, err := v.findDraft()
	if err != nil {
		return "", err
	}
	r := v.reading()
	save := service.SaveDraft{Subject: d.Subject, Content: d.Content, Revision: r.number("revision")}
	if v.form("replace") != "" { // which says that the reader has seen it
		save.Revision = r.number("replace")
	}
	if r.err != nil {
		return "", r.err
	}
	switch {
	case v.form("drop") != "":
		v.Said = v.T("draft.dropped")
		return subjectAddress(d.Subject), v.service.DropDraft(v.ctx(), save)
	case v.r.PostForm.Has("source"):
		if save.Content, err = files.ReadDraft("draft", d.Subject.Kind, strings.NewReader(v.r.PostFormValue("source"))); err != nil {
			return "", err
		}
	case d.Plan != nil:
		if err := v.editAction(d); err != nil {
			return "", err
		}
	}
	if _, err := v.service.SaveDraft(v.ctx(), save); err != nil {
		return "", v.compared(save, err)
	}
	v.Said = v.T("draft.saved")
	return draftPath(d.Subject), nil
}

// conflict is that somebody else has saved a draft since it was opened.
type conflict struct {
	Theirs      *service.Draft
	Differences []policy.Difference // was theirs, is what was to be saved
}

// compared sets a draft that was refused beside the one that another saved meanwhile,
// so that nobody takes its place unseen.
func (v *page) compared(mine service.SaveDraft, refusal error) error {
	if policy.CodeOf(refusal) != policy.CodeWrongVersion {
		return refusal
	}
	theirs, err := v.service.FindDraft(v.ctx(), mine.Subject)
	if err != nil {
		return err
	}
	differences, err := policy.Diff(theirs.Content, mine.Content)
	if err != nil {
		return err
	}
	v.conflict = &conflict{theirs, differences}
	return refusal
}
