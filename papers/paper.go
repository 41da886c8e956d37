package papers

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/policycycle/policycycle/policy"
)

// Paper is what a paper says, before it has a format.
type Paper struct {
	Kind     Kind            `json:"kind"`
	Language policy.Language `json:"language"`
	// Name is what it is, such as "Provisional agenda", and Subject what it is about.
	Name    string `json:"name"`
	Subject Text   `json:"subject"`
	// Number is in the register, with REV, COR or ADD; empty where it has none yet.
	Number policy.DocumentRef `json:"number,omitempty"`
	// Date is that of the record; of what is told as it stands, the day that the cycle has.
	Date    policy.Date    `json:"date"`
	Marking policy.Marking `json:"marking"`
	// Head is what stands above the text: from whom, to whom, under which number.
	Head []Line  `json:"head"`
	Body []Block `json:"body"`
	// Digest is that of the version that it shows; of a paper that is made of many records,
	// its own.
	Digest string `json:"digest,omitempty"`
	// Said is what the head and the foot of each page say, in the language of the paper.
	Said Said `json:"said"`
}

// Said is what stands on each page.
type Said struct {
	Marking, Number, Date, Digest string
}

// Line is a line of the head: what it is, and what it says.
type Line struct {
	Label string `json:"label"`
	Text  Text   `json:"text"`
}

// Text is a text of parts.
type Text []Run

// Run is a part of a text.
type Run struct {
	Text string `json:"text"`
	// Language is that in which it is written, where that is not the one of the paper.
	Language policy.Language `json:"language,omitempty"`
	Look     Look            `json:"look,omitempty"`
}

// Look is how a part of a text looks.
type Look string

// The looks.
const (
	Strong Look = "strong"
	Added  Look = "added" // against the version before: underlined
	Struck Look = "struck"
)

// Plain gives the text without its looks.
func (t Text) Plain() (plain string) {
	for _, r := range t {
		plain += r.Text
	}
	return plain
}

// said is a text in the language of the paper.
func said(text string) Text { return Text{{Text: text}} }

// strong is such a text that stands out.
func strong(text string) Text { return Text{{Text: text, Look: Strong}} }

// Block is one part of the body of a paper: a heading, a paragraph, an item, a list, a table or
// a note.
type Block interface{ block() string }

// Heading is a heading of level 1 to 3.
type Heading struct {
	Level int
	Text  Text
}

// Paragraph is a paragraph.
type Paragraph struct{ Text Text }

// Item is a numbered item, with lines that belong to it. Items are numbered from 1 in their
// order: Number says what the writer comes to.
type Item struct {
	Number int
	Text   Text
	Lines  []Text
}

// List is a list without numbers.
type List struct{ Items []Text }

// Table is a table, whose first row is a row of heads and stands on each page.
type Table struct {
	Title  Text
	Head   []string
	Rows   [][]Text
	Widths []int // parts of the width; nil where all columns are alike
}

// Note is a note in small print.
type Note struct{ Text Text }

func (Heading) block() string   { return "heading" }
func (Paragraph) block() string { return "paragraph" }
func (Item) block() string      { return "item" }
func (List) block() string      { return "list" }
func (Table) block() string     { return "table" }
func (Note) block() string      { return "note" }

// seal gives a paper that is made of many records its own digest.
func (p *Paper) seal() error {
	if p.Digest != "" {
		return nil
	}
	text, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("paper %s: %w", p.Kind, err)
	}
	sum := sha256.Sum256(text)
	p.Digest = "sha256:" + hex.EncodeToString(sum[:])
	return nil
}
