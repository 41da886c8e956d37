package papers

import (
	"context"
	"regexp"
	"slices"
	"strings"

	"github.com/policycycle/policycycle/policy"
	"github.com/policycycle/policycycle/policy/rules"
	"github.com/policycycle/policycycle/service"
)

// Release is what a press release says in numbers, held against the record.
type Release struct {
	Claims []Claim `json:"claims"`
	// Unread are the clauses with a number that is of no indicator of the cycle, so that nobody
	// takes it for one that was looked at.
	Unread []string `json:"unread"`
}

// Claim is one number of a press release.
type Claim struct {
	Text      string        `json:"text"` // the words around it
	Indicator string        `json:"indicator"`
	Title     string        `json:"title"` // of the indicator
	Said      policy.Amount `json:"said"`
	Unit      string        `json:"unit,omitempty"`
	Held      []rules.Sum   `json:"held,omitempty"` // what the record has, in each unit
	// Result is agrees, differs, or not-recorded where the record has no figure of it, or counts
	// in another unit.
	Result ClaimResult `json:"result"`
	// Difference says by how much the release has more or less.
	Difference string        `json:"difference,omitempty"`
	Remark     policy.Remark `json:"-"` // the same
}

// ClaimResult is what became of a number that was held against the record.
type ClaimResult string

// The results.
const (
	ClaimAgrees      ClaimResult = "agrees"
	ClaimDiffers     ClaimResult = "differs"
	ClaimNotRecorded ClaimResult = "not-recorded"
)

// ReleaseOf says of which figures a press release tells: those of joint action days, by their key,
// or of all reports that a filter lets through.
type ReleaseOf struct {
	rules.SummaryFilter
	Day string
}

// ReadRelease holds the numbers of a press release against the record. The error has CodeInvalid
// where the text cannot be read, and is else of whatever the reader may not see.
func ReadRelease(ctx context.Context, svc service.Service, cycle string, of ReleaseOf, text string) (*Release, error) {
	lines, err := linesOf(text)
	if err != nil {
		return nil, err
	}
	known, err := counted(ctx, svc, cycle)
	if err != nil {
		return nil, err
	}
	held, err := of.sums(ctx, svc, cycle)
	if err != nil {
		return nil, err
	}
	r := &Release{Claims: []Claim{}, Unread: []string{}}
	for _, n := range printedIn(strings.Join(lines, " ")) {
		indicator := n.meant(known)
		if indicator == nil {
			r.Unread = append(r.Unread, n.clause)
			continue
		}
		r.Claims = append(r.Claims, n.against(*indicator, held))
	}
	return r, nil
}

// countedAs is an indicator with the words by which a text may name it.
type countedAs struct {
	key, title, unit string
	parts            []string
	names            [][]string
}

func counted(ctx context.Context, svc service.Service, cycle string) ([]countedAs, error) {
	rows, err := svc.ListRows(ctx, service.RowFilter{Cycle: cycle, Register: policy.RegIndicators})
	if err != nil {
		return nil, err
	}
	var known []countedAs
	for _, row := range rows {
		if i, is := row.Body.(*policy.Indicator); is {
			known = append(known, countedAs{row.Key, i.Title, i.Unit, i.SumOf, [][]string{words(i.Title), words(row.Key)}})
		}
	}
	if len(known) == 0 {
		return nil, policy.Refuse(policy.CodeNotReady, "the cycle counts nothing yet: enter its indicators first")
	}
	return known, nil
}

// sums gives what the record has, by indicator.
func (of ReleaseOf) sums(ctx context.Context, svc service.Service, cycle string) (map[string][]rules.Sum, error) {
	all := map[string][]rules.Sum{}
	if of.Day == "" {
		s, err := svc.Summary(ctx, cycle, of.SummaryFilter)
		if err != nil {
			return nil, err
		}
		for _, f := range s.Totals.Figures {
			all[f.Indicator] = append(all[f.Indicator], f)
		}
		return all, nil
	}
	rows, err := svc.ListRows(ctx, service.RowFilter{Cycle: cycle, Register: policy.RegDays})
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(rows, func(row policy.Row) bool { return row.Key == of.Day })
	if at < 0 {
		return nil, policy.Refuse(policy.CodeUnknown, "the cycle has no joint action days %q", of.Day)
	}
	if day, is := rows[at].Body.(*policy.JointActionDay); is {
		for _, f := range day.Figures {
			all[f.Indicator] = []rules.Sum{{Indicator: f.Indicator, Value: f.Value}}
		}
	}
	return all, nil
}

// printedNumber is a number as it is printed.
type printedNumber struct {
	value  policy.Amount
	half   policy.Amount // of the last digit that is printed, where that stands for more than one
	least  bool          // "more than"
	near   bool          // "around"
	money  bool
	unit   string // of weight; "" for none
	before string // in its clause
	after  string // up to the next number
	clause string
}

// printed reads a number with its sign of money, its multiple and its unit.
var printed = regexp.MustCompile(`(?i)(EUR|€|euros?)?\s?(\d{1,3}(?:[ .,\x{00a0}\x{202f}\x{2009}’']\d{3})+|\d+)(?:[.,](\d+))?\s?(thousand|million|billion|tausend|millionen|milliarden?|millions?|milliards?|mille|mio\.?|mrd\.?|bn|m)?(?:\s(?:d['’]|de |of )?)?\s?(EUR|€|euros?|kg|kilos?|kilograms?|kilogrammes?|kilogramm|tonnes?|tons?|tonnen|t)?(?:$|[^\p{L}\d])`)

// multiples are what the words behind a number multiply it by.
var multiples = map[string]int64{
	"thousand": 1e3, "tausend": 1e3, "mille": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6, "millionen": 1e6,
	"bn": 1e9, "billion": 1e9, "milliard": 1e9, "milliards": 1e9, "milliarde": 1e9, "milliarden": 1e9, "mrd": 1e9,
}

var (
	atLeast  = regexp.MustCompile(`(?i)(?:more than|over|at least|above|exceeding|plus de|plus d['’]|au moins|mehr als|über|mindestens)\s*$`)
	roughly  = regexp.MustCompile(`(?i)(?:around|about|some|approximately|nearly|almost|close to|environ|près de|quelque|rund|etwa|fast|knapp|circa|ca\.)\s*$`)
	ofTime   = regexp.MustCompile(`(?i)^\s*(?:st|nd|rd|th|er)?[\s.]*(?:` + months + `|years?|ans|jahre?n?|%|per ?cent|percent|pour ?cent|prozent|(?:[-–]|and|to|et|au|und|bis)\s*\d{1,2}\.?\s(?:` + months + `))`)
	monthEnd = regexp.MustCompile(`(?i)(?:in|en|since|of|year|` + months + `|im jahre?|seit|[-–])\s*$`)
	clauses  = regexp.MustCompile(`[;:!?\n]+|[.,](?:\s|$)`)
)

// printedIn lists the numbers of a text that count something.
func printedIn(text string) (all []printedNumber) {
	text = numbersOfRegister.ReplaceAllString(text, " ")
	start := 0
	for _, end := range append(clauses.FindAllStringIndex(text, -1), []int{len(text), len(text)}) {
		clause := strings.TrimSpace(text[start:end[0]])
		start = end[1]
		found := printed.FindAllStringSubmatchIndex(clause, -1)
		for i, at := range found {
			next := len(clause)
			if i+1 < len(found) {
				next = found[i+1][0]
			}
			if n, counts := readNumber(clause, at, next); counts {
				all = append(all, n)
			}
		}
	}
	return all
}

// numbersOfRegister are register numbers with their series, which count nothing.
var numbersOfRegister = regexp.MustCompile(`(?i)\b(?:ST|WK|CM|DS|SN|RH|EX) ?\d{1,5}(?:/\d{1,2})?/\d{2,4}\b|\b\d{4,5}/\d{2}\b|\bCOM ?\(\d{4}\) ?\d+|\(EU\) (?:No )?\d{4}/\d+`)

// readNumber reads one number, and says whether it counts something: a day or a year does not.
func readNumber(clause string, at []int, next int) (n printedNumber, counts bool) {
	part := func(i int) string {
		if at[2*i] < 0 {
			return ""
		}
		return clause[at[2*i]:at[2*i+1]]
	}
	end := at[5] // behind the digits
	for i := 3; i <= 5; i++ {
		end = max(end, at[2*i+1])
	}
	n = printedNumber{clause: clause, before: clause[:at[0]], after: clause[end:max(end, next)]}
	digits, decimals := part(2), part(3)
	timely := ofTime.MatchString(clause[end:]) || len(digits) == len("2024") && (digits[:2] == "19" || digits[:2] == "20") && (decimals == "" && monthEnd.MatchString(clause[:at[4]]) || strings.TrimSpace(n.after) == "")
	if timely {
		return n, false
	}
	multiple, word := int64(1), strings.ToLower(strings.TrimRight(part(4), "."))
	if word != "" {
		multiple = multiples[word]
	}
	n.money = part(1) != "" || money(part(5))
	n.unit = weight(part(5))
	if n.unit == "tonnes" {
		multiple *= 1000
	}
	bare := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, digits)
	value, half, ok := scaled(bare, decimals, multiple)
	n.value, n.half = value, half
	n.least, n.near = atLeast.MatchString(n.before), roughly.MatchString(n.before)
	return n, ok
}

func money(unit string) bool {
	return unit == "€" || strings.HasPrefix(strings.ToLower(unit), "eur")
}

// weight gives the unit of weight that a word means: kilograms or tonnes.
func weight(word string) string {
	switch word = strings.ToLower(word); {
	case word == "t", strings.HasPrefix(word, "ton"):
		return "tonnes"
	case strings.HasPrefix(word, "k"):
		return "kilograms"
	default:
		return ""
	}
}

// scaled gives a number times a multiple, and half of what its last printed digit stands for where
// that is more than one.
func scaled(digits, decimals string, multiple int64) (value, half policy.Amount, ok bool) {
	const longest = 15
	if len(digits)+len(decimals) > longest {
		return value, half, false
	}
	if multiple == 1 {
		text := digits
		if decimals != "" {
			text += "." + decimals
		}
		err := value.UnmarshalJSON([]byte(text))
		return value, half, err == nil
	}
	unit := multiple
	for range decimals {
		unit /= 10
	}
	var n int64
	for _, r := range digits + decimals {
		n = n*10 + int64(r-'0')
	}
	if unit == 0 || n > (1<<62)/unit {
		return value, half, false
	}
	return policy.Whole(n * unit), policy.Whole(unit / 2), true
}

// meant finds the indicator of which a number is: the one whose words stand behind it, else in its
// clause. Nil where none is, or more than one as well.
func (n printedNumber) meant(known []countedAs) *countedAs {
	for _, where := range []string{n.after, n.before + " " + n.after} {
		if found := n.best(known, words(where)); found != nil {
			return found
		}
	}
	return nil
}

func (n printedNumber) best(known []countedAs, said []string) (best *countedAs) {
	const half = 0.5
	most := 0.0
	for i, k := range known {
		euro := strings.HasPrefix(strings.ToLower(k.unit), "eur")
		if n.money != euro || n.unit != "" && weight(k.unit) != "kilograms" || n.unit == "" && !n.money && weight(k.unit) == "kilograms" {
			continue
		}
		score := 0.0
		for _, name := range k.names {
			if n := hold(said, name); len(name) > 0 && slices.Contains(said, name[0]) && float64(n) >= half*float64(len(name)) {
				score = max(score, float64(n)+float64(n)/float64(len(name))) // how many words, then how much of the name
			}
		}
		switch {
		case score == 0 || score < most:
		case score == most:
			best = nil // of two that fit as well none is meant
		default:
			most, best = score, &known[i]
		}
	}
	return best
}

// against holds a number against what the record has of an indicator, or of its parts.
func (n printedNumber) against(i countedAs, held map[string][]rules.Sum) Claim {
	c := Claim{Text: n.clause, Indicator: i.key, Title: i.title, Said: n.value, Unit: i.unit, Held: held[i.key], Result: ClaimNotRecorded}
	if len(c.Held) == 0 {
		var sum rules.Sum
		for _, part := range i.parts {
			for _, s := range held[part] {
				sum = rules.Sum{Indicator: i.key, Value: sum.Value.Plus(s.Value), Unit: i.unit}
			}
		}
		if sum.Indicator != "" {
			c.Held = []rules.Sum{sum}
		}
	}
	if len(c.Held) != 1 {
		return c
	}
	if n.fits(c.Held[0].Value) {
		c.Result = ClaimAgrees
		return c
	}
	c.Result = ClaimDiffers
	c.Remark = policy.MoreOrLess(n.value, c.Held[0].Value)
	c.Difference = c.Remark.String()
	return c
}

// fits says whether the record bears a number out: exactly, or as it is rounded. "More than" is
// borne out by what is more, "around" by what is a twentieth off at most.
func (n printedNumber) fits(held policy.Amount) bool {
	off := held.Minus(n.value)
	if off.Negative() {
		off = n.value.Minus(held)
	}
	const twentieth = 0.05
	switch {
	case n.least:
		return held.Compare(n.value) >= 0
	case n.near:
		return off.Float64() <= n.value.Float64()*twentieth
	default:
		return off.Compare(n.half) <= 0
	}
}
