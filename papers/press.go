package papers

import (
	"cmp"
	"context"
	"io"
	"reflect"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/service"
	"github.com/policycycle/policycycle/web/text"
)

// Kind is a kind of paper.
type Kind string

// The kinds of papers.
const (
	KindAgenda      Kind = "agenda"
	KindOutcome     Kind = "outcome"
	KindOAP         Kind = "oap"
	KindMASP        Kind = "masp"
	KindObligations Kind = "obligations"
	KindConclusions Kind = "conclusions"
	KindAnnual      Kind = "annual"
	KindProgress    Kind = "progress"
	KindNational    Kind = "national"
	KindRoadmap     Kind = "roadmap"
	KindFactsheet   Kind = "factsheet"
)

// kind is one row of the table of kinds.
type kind struct {
	name   Kind
	key    string // such as it has; empty where it is about the whole cycle
	public bool   // it is for the public: whoever asks, it is made of what that may read
	make   func(*desk) error
}

var kinds = []kind{
	{KindAgenda, "cosi-2021-12", false, agenda},
	{KindOutcome, "cosi-2021-12", false, outcome},
	{KindConclusions, "", false, conclusions},
	{KindMASP, "general", false, masp},
	{KindOAP, "2022/firearms", false, oap},
	{KindAnnual, "2023/firearms-trafficking", false, annual},
	{KindProgress, "", false, progress},
	{KindNational, "fr", false, national},
	{KindObligations, "", false, obligations},
	{KindRoadmap, "", false, roadmap},
	{KindFactsheet, "", true, factsheet},
}

// Kinds lists the kinds of papers.
func Kinds() []Kind {
	names := make([]Kind, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	return names
}

// Format is a format in which papers are written.
type Format string

// The formats.
const (
	DOCX Format = "docx" // to go on writing, in Word
	PDF  Format = "pdf"  // to read, print and keep
)

// Formats lists the formats.
var Formats = []Format{DOCX, PDF}

// MediaType gives the media type of a format.
func (f Format) MediaType() string {
	return map[Format]string{
		DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
		PDF:  "application/pdf",
	}[f]
}

// ParseFormat reads a format. The error has policy.CodeInvalid and names those that there are.
func ParseFormat(text string) (Format, error) {
	if f := Format(strings.ToLower(strings.TrimSpace(text))); slices.Contains(Formats, f) {
		return f, nil
	}
	return "", policy.Refuse(policy.CodeInvalid, "%q is not a format of papers: use %s", text, strings.Join(policy.Texts(Formats), ", "))
}

// Order says which paper is wanted.
type Order struct {
	Kind  Kind
	Cycle string
	Key   string // what in the cycle it is about, such as a meeting
	// Languages are those in which it may be written, the first one first, as language tags.
	Languages []string
}

// File gives a name for the file of a paper: agenda-CYCLE-KEY.docx.
func (o Order) File(f Format) string {
	parts := []string{string(o.Kind), o.Cycle}
	if o.Key != "" {
		parts = append(parts, strings.ReplaceAll(o.Key, "/", "-"))
	}
	return strings.Join(parts, "-") + "." + string(f)
}

// Press makes papers and writes them.
type Press struct {
	texts    *text.Texts
	template *Template
}

// NewPress gives a press that prints on a template; nil is the one of the house.
func NewPress(texts *text.Texts, template *Template) (*Press, error) {
	if template == nil {
		var err error
		if template, err = HouseTemplate(); err != nil {
			return nil, err
		}
	}
	return &Press{texts: texts, template: template}, nil
}

// Make makes a paper of what the service shows to its reader. A kind that does not exist, or a
// key that is missing or too much, is policy.CodeInvalid.
func (p *Press) Make(ctx context.Context, svc service.Service, o Order) (*Paper, error) {
	at := slices.IndexFunc(kinds, func(k kind) bool { return k.name == o.Kind })
	if at < 0 {
		return nil, policy.Refuse(policy.CodeInvalid, "%q is not a kind of paper: use %s", o.Kind, strings.Join(policy.Texts(Kinds()), ", "))
	}
	switch k := kinds[at]; {
	case k.key != "" && o.Key == "":
		return nil, policy.Refuse(policy.CodeInvalid, "say what the paper is about: one of the kind %s has a key, such as %s", o.Kind, k.key)
	case k.key == "" && o.Key != "":
		return nil, policy.Refuse(policy.CodeInvalid, "a paper of the kind %s is about the whole cycle: leave out %q", o.Kind, o.Key)
	}
	paper, err := p.make(ctx, svc, kinds[at], o)
	if err != nil {
		return nil, err
	}
	if err := paper.seal(); err != nil {
		return nil, err
	}
	said := p.texts.In(string(paper.Language))
	paper.Said = Said{
		Marking: said.Word("marking", paper.Marking), Number: cmp.Or(string(paper.Number), said.T("paper.no_number")),
		Date: said.Date(paper.Date), Digest: said.T("paper.digest", "Digest", paper.Digest),
	}
	return paper, nil
}

// make makes a paper as the reader sees it. What is not marked itself is LIMITE, unless the
// public reads the very same.
func (p *Press) make(ctx context.Context, svc service.Service, k kind, o Order) (*Paper, error) {
	paper, err := p.set(ctx, svc, k, o)
	if err != nil || paper.Marking != "" {
		return paper, err
	}
	public, err := p.set(ctx, svc.As(policy.Principal{}), k, o)
	switch {
	case err != nil && !keptFrom(err):
		return nil, err
	case err == nil && same(paper, public):
		paper.Marking = policy.Public
	default:
		paper.Marking = policy.Limite
	}
	return paper, nil
}

// keptFrom says whether an error is a refusal: something is not there, or not there for the
// reader. A failure is no answer, and makes no paper.
func keptFrom(err error) bool {
	switch policy.CodeOf(err) {
	case "", policy.CodeUnavailable, policy.CodeOutcomeUnknown, policy.CodeTooMany, policy.CodeWrongSchema, policy.CodeTampered, policy.CodeInternal:
		return false
	default:
		return true
	}
}

// Write writes a paper in a format.
func (p *Press) Write(w io.Writer, paper *Paper, f Format) error {
	switch f {
	case DOCX:
		return p.template.write(w, paper)
	case PDF:
		return writePDF(w, paper)
	default:
		return policy.Refuse(policy.CodeInvalid, "%q is not a format of papers: use %s", f, strings.Join(policy.Texts(Formats), ", "))
	}
}

// set makes a paper of a kind from what somebody sees.
func (p *Press) set(ctx context.Context, svc service.Service, k kind, o Order) (*Paper, error) {
	ctx = service.Once(ctx)
	if k.public {
		svc = svc.As(policy.Principal{})
	}
	d := &desk{Printer: p.texts.In(o.Languages...), ctx: ctx, service: svc, order: o}
	d.paper = &Paper{Kind: k.name, Language: policy.Language(d.Lang)}
	var err error
	if d.cycle, err = svc.FindCycle(ctx, o.Cycle); err != nil {
		return nil, err
	}
	d.know()
	if err := k.make(d); err != nil {
		return nil, err
	}
	return d.paper, nil
}

func same(a, b *Paper) bool { return reflect.DeepEqual(a, b) }
