package httpapi

import (
	"fmt"
	"net/textproto"
	"strconv"
	"strings"
	"time"

	"github.com/policycycle/policycycle/advance"
)

// HeaderProgress asks, in a request, to be told while it is being worked on: with
// interim answers (status 102) until the answer itself. In those it says how far the
// work has come, such as "120/4000 acts"; one without it is a sign of life alone.
const HeaderProgress = "Policycycle-Progress"

// ProgressEvery is how often a request that asks for it is told of its progress.
const ProgressEvery = 2 * time.Second

// FormatProgress writes progress as the header has it.
func FormatProgress(p advance.Step) string {
	return fmt.Sprintf("%d/%d %s", p.Done, p.All, p.What)
}

// ReadProgress reads the header of an interim answer; false where it says nothing.
func ReadProgress(header textproto.MIMEHeader) (advance.Step, bool) {
	figures, what, _ := strings.Cut(header.Get(HeaderProgress), " ")
	done, all, found := strings.Cut(figures, "/")
	d, errDone := strconv.Atoi(done)
	a, errAll := strconv.Atoi(all)
	return advance.Step{What: what, Done: d, All: a}, found && errDone == nil && errAll == nil
}
