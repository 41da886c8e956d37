package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/policycycle/policycycle/policy"
)

// screen is a stream that knows what it is connected to.
type screen struct {
	io.Writer
	terminal bool
	width    int // in columns; 0 for a stream that has none
	colour   bool
	bodies   policy.BodyTable // of cycles on record, by which bodies are called
}

// newScreen looks at what w is connected to. NO_COLOR and a dumb terminal turn
// colour off.
func newScreen(w io.Writer, environ []string) *screen {
	s := &screen{Writer: w}
	file, is := w.(*os.File)
	if !is || !term.IsTerminal(int(file.Fd())) {
		return s
	}
	s.terminal = true
	s.width, _, _ = term.GetSize(int(file.Fd()))
	s.colour = !slices.ContainsFunc(environ, func(entry string) bool {
		name, value, _ := strings.Cut(entry, "=")
		return name == "NO_COLOR" && value != "" || entry == "TERM=dumb"
	})
	return s
}

// style is a way of setting text apart on a terminal.
type style string

const (
	bold   style = "1"
	faint  style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
)

// paint sets text apart, on a terminal that has colours.
func (s *screen) paint(with style, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + string(with) + "m" + text + "\x1b[0m"
}

// ours are the sequences that paint makes.
var ours = regexp.MustCompile("\x1b\\[(?:0|1|2|31|32|33)m")

// safe writes out what is hidden in a text that others wrote, so that nobody can move
// the cursor, retitle the window or turn the reading round of who looks at a record.
func (s *screen) safe(text string) string {
	var out strings.Builder
	from := 0
	if s.colour {
		for _, at := range ours.FindAllStringIndex(text, -1) {
			out.WriteString(policy.Legible(text[from:at[0]], math.MaxInt))
			out.WriteString(text[at[0]:at[1]])
			from = at[1]
		}
	}
	out.WriteString(policy.Legible(text[from:], math.MaxInt))
	return out.String()
}

// progress tells what is going on: lines that stay and, on a terminal, one
// line below them that changes in place.
type progress struct {
	screen *screen
	quiet  bool

	mu   sync.Mutex
	live bool // a changing line stands on the screen
}

// note writes a line that stays.
func (p *progress) note(format string, args ...any) {
	if p.quiet {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	_, _ = io.WriteString(p.screen, p.screen.safe(fmt.Sprintf(format, args...))+"\n")
}

// change writes the changing line anew; elsewhere than on a terminal it is not
// written at all.
func (p *progress) change(format string, args ...any) {
	if p.quiet || !p.screen.terminal {
		return
	}
	text := []rune(p.screen.safe(fmt.Sprintf(format, args...)))
	if w := p.screen.width; w > 1 && len(text) >= w {
		text = append(text[:w-2], '…')
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
	_, _ = io.WriteString(p.screen, string(text))
	p.live = true
}

// clear takes the changing line away.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.wipe()
}

func (p *progress) wipe() {
	if p.live {
		_, _ = io.WriteString(p.screen, "\r\x1b[K")
		p.live = false
	}
}
