package policy

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// PlanField is a field of the actions of an OAP, or of its impact assessments, that a
// skeleton of it may hold. A group of fields has its fields with a dot: "funding.state".
type PlanField string

// The fields that have a name here: FieldImpact is that an impact was assessed, by whom, when and
// in which document. FieldImpactText and FieldCapacity are texts, and no skeleton holds them.
const (
	FieldCode          PlanField = "code"
	FieldGoals         PlanField = "goals"
	FieldArea          PlanField = "area"
	FieldKind          PlanField = "kind"
	FieldLeader        PlanField = "leader"
	FieldCoLeaders     PlanField = "co_leaders"
	FieldParticipants  PlanField = "participants"
	FieldPartners      PlanField = "partners"
	FieldFrom          PlanField = "from"
	FieldTo            PlanField = "to"
	FieldCarriedOver   PlanField = "carried_over_from"
	FieldKPIs          PlanField = "kpis"
	FieldFundingState  PlanField = "funding.state"
	FieldFundingSource PlanField = "funding.source"
	FieldNeed          PlanField = "funding.need"
	FieldGranted       PlanField = "funding.granted"
	FieldExternal      PlanField = "external.does"
	FieldBeneficiaries PlanField = "external.beneficiaries"
	FieldEEAS          PlanField = "external.eeas"
	FieldBurdens       PlanField = "burdens_others"
	FieldLinks         PlanField = "links"
	FieldImpact        PlanField = "impact"

	FieldTitle      PlanField = "title"
	FieldImpactText PlanField = "impact.text"
	FieldCapacity   PlanField = "external.capacity"
)

// planFields are those that a skeleton may ever hold; what is free text is none of them.
var planFields = []PlanField{
	FieldCode, FieldGoals, FieldArea, FieldKind, FieldLeader, FieldCoLeaders, FieldParticipants, FieldPartners, FieldFrom, FieldTo,
	FieldCarriedOver, FieldKPIs, FieldFundingState, FieldFundingSource, FieldNeed, FieldGranted, "funding.contract", "funding.before_contract",
	FieldExternal, FieldBeneficiaries, FieldEEAS, "external.eeas_document", "external.eeas_on", FieldBurdens, "marking", FieldLinks, FieldImpact,
}

// Words lists the fields that a skeleton may hold.
func (PlanField) Words() []string { return Texts(planFields) }

// UnmarshalText reads the name of a field that a skeleton may hold.
func (f *PlanField) UnmarshalText(text []byte) error {
	read := PlanField(strings.ToLower(strings.TrimSpace(string(text))))
	if !slices.Contains(planFields, read) {
		return Refuse(CodeInvalid, "%q is not a field that a skeleton may hold, which is no free text: use %s", string(text), strings.Join(Texts(planFields), ", "))
	}
	*f = read
	return nil
}

// ParsePlanFields reads fields with commas between them; code is always one of them. The error
// has CodeInvalid and names the field that no skeleton may hold.
func ParsePlanFields(text string) ([]PlanField, error) {
	fields := []PlanField{FieldCode}
	for one := range strings.SplitSeq(text, ",") {
		var field PlanField
		if strings.TrimSpace(one) == "" {
			continue
		}
		if err := field.UnmarshalText([]byte(one)); err != nil {
			return nil, err
		}
		if !slices.Contains(fields, field) {
			fields = append(fields, field)
		}
	}
	return fields, nil
}

// Limits is what an installation may keep: content up to a marking, and of what is marked
// higher a skeleton with these fields.
type Limits struct {
	Ceiling  Marking
	Skeleton []PlanField // empty is the code alone
}

// IsSkeleton says whether the plan holds some of the fields alone, so that it is not classified.
func (p *OperationalPlan) IsSkeleton() bool { return len(p.Skeleton) > 0 }

// Holds says whether the plan holds a field: the whole plan holds all.
func (p *OperationalPlan) Holds(f PlanField) bool {
	return !p.IsSkeleton() || slices.Contains(p.Skeleton, f)
}

// SkeletonIn gives the plan of a content that is a skeleton, or nil.
func SkeletonIn(c Content) *OperationalPlan {
	if plan, is := c.(*OperationalPlan); is && plan.IsSkeleton() {
		return plan
	}
	return nil
}

// SkeletonOf gives the skeleton of a plan: what stands in some of its fields, and nothing else.
// Its marking is left out, for that of the plan is not its own.
func SkeletonOf(p *OperationalPlan, fields []PlanField) *OperationalPlan {
	bare := &OperationalPlan{Cover: Cover{Illustrative: p.Illustrative}, Skeleton: []PlanField{FieldCode}}
	for _, f := range fields {
		if !slices.Contains(bare.Skeleton, f) {
			bare.Skeleton = append(bare.Skeleton, f)
		}
	}
	bare.Actions = slices.Clone(p.Actions)
	if bare.Holds(FieldImpact) {
		if p.Impact != nil {
			impact := *p.Impact
			bare.Impact = &impact
		}
		bare.OwnImpacts = slices.Clone(p.OwnImpacts)
	}
	bare.eachField(func(_ string, f PlanField, value reflect.Value) {
		if !bare.Holds(f) {
			value.SetZero()
		}
	})
	return bare
}

// eachField goes through the fields of the actions and assessments of the plan, each with its
// path and with the field that a skeleton must hold for it.
func (p *OperationalPlan) eachField(visit func(path string, f PlanField, value reflect.Value)) {
	if p.Impact != nil {
		fieldsOfPlan("impact", FieldImpact, reflect.ValueOf(p.Impact).Elem(), visit)
	}
	for i := range p.OwnImpacts {
		fieldsOfPlan(fmt.Sprintf("own_impacts[%d]", i), FieldImpact, reflect.ValueOf(&p.OwnImpacts[i]).Elem(), visit)
	}
	for i := range p.Actions {
		fieldsOfPlan(fmt.Sprintf("actions[%d]", i), "", reflect.ValueOf(&p.Actions[i]).Elem(), visit)
	}
}

func fieldsOfPlan(path string, group PlanField, v reflect.Value, visit func(string, PlanField, reflect.Value)) {
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		f := PlanField(fieldIn(string(group), name))
		switch {
		case name == "": // it is taken in
			fieldsOfPlan(path, group, v.Field(i), visit)
			continue
		case f == "funding" || f == "external":
			fieldsOfPlan(fieldIn(path, name), f, v.Field(i), visit)
			continue
		case slices.Contains([]PlanField{"impact.action", "impact.on", "impact.reviewer", "impact.document"}, f):
			f = FieldImpact
		}
		visit(fieldIn(path, name), f, v.Field(i))
	}
}

// checkSkeleton notes what a skeleton has and does not say that it holds, and texts where a
// name is expected.
func (p *OperationalPlan) checkSkeleton(ps *problems) {
	if !p.IsSkeleton() {
		return
	}
	taken := map[PlanField]bool{}
	for i, f := range p.Skeleton {
		if at := fmt.Sprintf("skeleton[%d]", i); !slices.Contains(planFields, f) {
			ps.add(at, "is %q, which no skeleton holds: expected fields of %s", f, strings.Join(Texts(planFields), ", "))
		} else if taken[f] {
			ps.add(at, "repeats the field %q", f)
		}
		taken[f] = true
	}
	if !taken[FieldCode] {
		ps.add("skeleton", "lists no code: expected the fields that the skeleton holds, of which code is one")
	}
	p.eachField(func(path string, f PlanField, value reflect.Value) {
		switch {
		case value.IsZero():
		case !slices.Contains(planFields, f):
			ps.add(path, "stands in a skeleton, which holds no free text: leave it out")
		case !taken[f]:
			ps.add(path, "is not one of the fields that the skeleton says it holds: leave it out, or list %s under skeleton", f)
		case f == FieldArea || f == FieldPartners || f == FieldBeneficiaries:
			ps.names(path, value)
		}
	})
}

// mostOfName is the longest name that a skeleton holds, in characters: what is longer is a text.
const mostOfName = 60

func (ps *problems) names(path string, value reflect.Value) {
	if value.Kind() == reflect.Slice {
		for i := range value.Len() {
			ps.names(fmt.Sprintf("%s[%d]", path, i), value.Index(i))
		}
	} else if n := utf8.RuneCountInString(value.String()); n > mostOfName {
		ps.add(path, "has %d characters: in a skeleton stand names of at most %d, and no text", n, mostOfName)
	}
}

// judgeSkeleton says whether a skeleton may be kept: it is not classified itself, and has no
// fields but those that the installation allows. The error has CodeMarking or CodeInvalid.
func judgeSkeleton(of Subject, p *OperationalPlan, in Limits) error {
	own := cmp.Or(p.Marking, Limite)
	if own.Above(in.Ceiling) || own.Above(Limite) {
		return Refuse(CodeMarking, "the skeleton of %s is marked %s: above %s nothing is kept here", of, own.Title(), in.Ceiling.Title())
	}
	var ps problems
	allowed := append([]PlanField{FieldCode}, slices.DeleteFunc(slices.Clone(in.Skeleton), func(f PlanField) bool { return f == FieldCode })...)
	refuse := func(path string) {
		ps.add(path, "may not be kept here: a skeleton holds %s, by the setting skeleton.fields", strings.Join(Texts(allowed), ", "))
	}
	p.eachField(func(path string, f PlanField, value reflect.Value) {
		if !value.IsZero() && !slices.Contains(allowed, f) {
			refuse(path)
		}
	})
	for i, f := range p.Skeleton {
		if !slices.Contains(allowed, f) {
			refuse(fmt.Sprintf("skeleton[%d]", i))
		}
	}
	if len(ps) > 0 {
		return Unsound(ps, "the skeleton of %s is not sound: %s", of)
	}
	return nil
}
