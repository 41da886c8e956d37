package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"golang.org/x/term"
)

// screen is a stream that knows what it is connected to.
type screen struct {
	io.Writer
	terminal bool
	width    int // in columns; 0 for a stream that has none
	colour   bool
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
	_, _ = fmt.Fprintf(p.screen, format+"\n", args...)
}

// change writes the changing line anew; elsewhere than on a terminal it is not
// written at all.
func (p *progress) change(format string, args ...any) {
	if p.quiet || !p.screen.terminal {
		return
	}
	text := []rune(fmt.Sprintf(format, args...))
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
