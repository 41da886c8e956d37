// Package browser lets tests use the pages as people do: in a real Chromium, by
// the names that stand on links, buttons and fields.
package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Browser is a Chromium.
type Browser struct{ ctx context.Context }

// shared is the one Chromium of all tests of a package.
var shared struct {
	once    sync.Once
	browser *Browser
	end     func()
	err     error
}

// Start gives the Chromium of all tests of the package, which Stop ends. Where there is
// none the test fails: tools/setup installs it.
func Start(tb testing.TB) *Browser {
	tb.Helper()
	shared.once.Do(func() { shared.browser, shared.end, shared.err = start() })
	if shared.err != nil {
		tb.Fatal(shared.err)
	}
	return shared.browser
}

// Stop ends the Chromium once all tests have ended.
func Stop() {
	if shared.end != nil {
		shared.end()
	}
}

func start() (b *Browser, stop func(), err error) {
	name, err := exec.LookPath("chromium-headless-shell") // the same without its own windows, which nobody sees
	if err != nil {
		name, err = exec.LookPath("chromium")
	}
	if err != nil {
		return nil, nil, errors.New("there is no Chromium: ./test installs it")
	}
	dir, err := os.MkdirTemp("", "browser-") // short: the address of a socket ends after 107 bytes
	if err != nil {
		return nil, nil, err
	}
	const patience = time.Hour // with a machine that has much else to do
	options := append([]chromedp.ExecAllocatorOption{chromedp.WSURLReadTimeout(patience)}, chromedp.DefaultExecAllocatorOptions[:]...)
	for _, flag := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	options = append(options, chromedp.NoSandbox, chromedp.DisableGPU, chromedp.ExecPath(name), chromedp.UserDataDir(dir), chromedp.Env("TMPDIR="+dir))
	allocated, release := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(allocated)
	stop = func() {
		_ = chromedp.Cancel(ctx) // and waits until it has ended
		end()
		release()
		_ = os.RemoveAll(dir)
	}
	if err := chromedp.Do(ctx); err != nil {
		stop()
		return nil, nil, fmt.Errorf("chromium does not start: %w", err)
	}
	return &Browser{ctx}, stop, nil
}

// Options says what a page is like.
type Options struct {
	Dark          bool
	Width, Height int // 0: 1280 by 900
	NoScript      bool
}

// Page is one window with cookies of its own: one person.
type Page struct {
	tb     testing.TB
	ctx    context.Context
	end    func()
	clicks int

	seenDark bool // the page as it is has been looked at as a dark device shows it

	mu       sync.Mutex
	status   int64
	requests []request
	problems []string
}

type request struct {
	url, from string
	document  bool
	bytes     float64
	id        network.RequestID
}

// NewPage opens a window.
func (b *Browser) NewPage(tb testing.TB, o Options) *Page {
	tb.Helper()
	ctx, end := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	tb.Cleanup(end)
	p := &Page{tb: tb, ctx: ctx, end: end}
	scheme := light
	if o.Dark {
		scheme = dark
	}
	if o.Width == 0 {
		o.Width, o.Height = 1280, 900
	}
	p.run(func(ctx context.Context) error {
		if err := chromedp.Do(p.ctx); err != nil {
			return err
		}
		err := chromedp.Listen(p.ctx, p.note)
		return errors.Join(err,
			call(ctx, network.Enable, network.EnableParams{}), call(ctx, log.Enable, cdp.Empty{}),
			call(ctx, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(o.Width), Height: int64(o.Height), DeviceScaleFactor: 1}),
			call(ctx, emulation.SetEmulatedMedia, inScheme(scheme)),
			// Others have windows of their own, and each believes that it is in front.
			call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}),
			call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: o.NoScript}),
		)
	})
	return p
}

// The colours that a device may ask for.
const light, dark = "light", "dark"

func inScheme(scheme string) emulation.SetEmulatedMediaParams {
	return emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}}
}

// InBoth does the same with the page as a dark and as a light device shows it. Of what
// Axe looks for, only colours differ the second time.
func (p *Page) InBoth(do func(scheme string)) {
	p.tb.Helper()
	defer func() { p.seenDark = false }()
	for _, scheme := range []string{dark, light} {
		p.run(func(ctx context.Context) error { return call(ctx, emulation.SetEmulatedMedia, inScheme(scheme)) })
		p.seenDark = scheme == light
		do(scheme)
	}
}

// OnPaper does something with the page as it is printed.
func (p *Page) OnPaper(do func()) {
	p.tb.Helper()
	p.run(func(ctx context.Context) error {
		return call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"})
	})
	do()
	p.run(func(ctx context.Context) error { return call(ctx, emulation.SetEmulatedMedia, inScheme(light)) })
}

// call gives the browser a command.
func call[P, R any](ctx context.Context, command cdp.Command[P, R], params P) error {
	_, err := chromedp.Call(ctx, command, params)
	return err
}

// note keeps what the browser tells of the page.
func (p *Page) note(event any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		from := ""
		if e.Initiator != nil {
			from = initiator(e.Initiator)
		}
		if e.Type == network.ResourceTypeEventSource {
			return // opened once the page is there; nothing of the page waits for it
		}
		if e.Type == network.ResourceTypeDocument {
			p.requests = nil
		}
		p.requests = append(p.requests, request{url: e.Request.URL, from: from, document: e.Type == network.ResourceTypeDocument, id: e.RequestID})
	case *network.EventResponseReceived:
		if e.Type == network.ResourceTypeDocument {
			p.status = e.Response.Status
		}
	case *network.EventLoadingFinished:
		for i := range p.requests {
			if p.requests[i].id == e.RequestID {
				p.requests[i].bytes = e.EncodedDataLength
			}
		}
	case *log.EventEntryAdded:
		if string(e.Entry.Level) == "error" && !strings.Contains(e.Entry.Text, "server responded with a status of 4") {
			p.problems = append(p.problems, e.Entry.Text+" "+e.Entry.URL)
		}
	case *runtime.EventExceptionThrown:
		p.problems = append(p.problems, e.ExceptionDetails.Text+" "+e.ExceptionDetails.URL)
	}
}

// initiator gives the address of what asked for something: a document, a sheet, or
// the script that runs.
func initiator(i *network.Initiator) string {
	if i.URL == "" && i.Stack != nil && len(i.Stack.CallFrames) > 0 {
		return i.Stack.CallFrames[0].URL
	}
	return i.URL
}

// run does something with the window.
func (p *Page) run(do func(ctx context.Context) error) {
	p.tb.Helper()
	if err := do(p.ctx); err != nil {
		p.tb.Fatalf("%v, at %s:\n%s", err, p.at(), p.seen())
	}
}

// Open goes to an address and waits until the page is there.
func (p *Page) Open(url string) {
	p.tb.Helper()
	p.run(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.Navigate(url)) })
	p.settle()
}

// URL gives the address of the page.
func (p *Page) URL() string { return p.at() }

func (p *Page) at() string { return p.glance("location.href") }

func (p *Page) seen() string { return p.glance("document.body ? document.body.innerText : ''") }

func (p *Page) glance(code string) string {
	text, _ := chromedp.Run(p.ctx, chromedp.Evaluate[string](code)) // "" while a page is being left
	return text
}

// Text gives what stands on the page for all to see.
func (p *Page) Text() string { return p.seen() }

// Status gives the HTTP status of the page.
func (p *Page) Status() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return int(p.status)
}

// Problems gives what the browser complained of: errors and what the policy of the
// page stopped.
func (p *Page) Problems() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string{}, p.problems...)
}

// Clicks says how often something was clicked since ResetClicks.
func (p *Page) Clicks() int { return p.clicks }

// ResetClicks begins to count anew.
func (p *Page) ResetClicks() { p.clicks = 0 }

// found is JavaScript that finds a link or button by its name, first in what the
// page is about.
const found = `(name => { const named = e => (e.getAttribute('aria-label') || e.innerText || e.value || '').trim();
	const all = [...document.querySelectorAll('main a, main button, main summary, main label'), ...document.querySelectorAll('a, button')]
		.filter(e => named(e).startsWith(name) && (e.offsetParent !== null || e.tagName === 'SUMMARY'));
	return all.find(e => named(e) === name) || all[0] })`

// Has says whether a link or button with the name is on the page.
func (p *Page) Has(name string) bool {
	p.tb.Helper()
	return evaluate[bool](p, found+"("+quoted(name)+") !== undefined")
}

// evaluate runs JavaScript in the page, waits for what it promises, and gives what
// it gives.
func evaluate[T any](p *Page, code string) (value T) {
	p.tb.Helper()
	p.run(func(ctx context.Context) (err error) {
		value, err = chromedp.Run(ctx, chromedp.Evaluate[T](code, chromedp.EvalAwaitPromise))
		return err
	})
	return value
}

// Click clicks the link or button whose name begins so, as a mouse does, and waits
// for the page that follows where one does.
func (p *Page) Click(name string) {
	p.tb.Helper()
	p.waitFor("there is nothing to click called "+name, found+"("+quoted(name)+") !== undefined")
	// Whether it leads to another page has to be known before: the old page may still
	// be there when the click is done.
	leads := evaluate[bool](p, `(e => { const link = e.closest('a'), button = e.closest('button');
		const leads = link ? !link.getAttribute('href').startsWith('#') : !!(button && button.type === 'submit' && button.form && (button.formNoValidate || button.form.checkValidity()));
		window.left = leads; return leads })(`+found+"("+quoted(name)+"))")
	at := evaluate[[]float64](p, `(e => { e.scrollIntoView({block: 'center', inline: 'center'}); const r = e.getClientRects()[0]; return [r.x + r.width / 2, r.y + r.height / 2] })(`+found+"("+quoted(name)+"))")
	p.clicks++
	p.run(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.MouseClickXY(at[0], at[1])) })
	if leads {
		p.waitFor("is still there after a click on "+name, "!window.left")
	}
	p.settle()
}

// settle waits until a page that is being left is left, and the next one is there.
func (p *Page) settle() {
	p.tb.Helper()
	p.waitFor("does not become a page", "document.readyState === 'complete' && document.body.childElementCount > 0")
}

// Fill types into the field with the label.
func (p *Page) Fill(label, text string) {
	p.tb.Helper()
	p.set(label, "e.value = "+quoted(text)+"; e.dispatchEvent(new Event('input', {bubbles: true})); e.dispatchEvent(new Event('change', {bubbles: true}));")
}

// Choose chooses an option of the select with the label.
func (p *Page) Choose(label, option string) {
	p.tb.Helper()
	p.set(label, "const o = [...e.options].find(o => o.text.trim() === "+quoted(option)+"); if (!o) throw new Error('no option "+strings.ReplaceAll(option, "'", "")+"'); e.value = o.value; e.dispatchEvent(new Event('change', {bubbles: true}));")
}

func (p *Page) set(label, code string) {
	p.tb.Helper()
	field := `[...document.querySelectorAll('main label')].filter(l => l.innerText.trim().startsWith(` + quoted(label) + `)).map(l => l.control || document.getElementById(l.htmlFor)).filter(e => e)[0]`
	p.waitFor("there is no field called "+label, "("+field+") !== undefined")
	evaluate[bool](p, "(() => { const e = "+field+"; "+code+" return true })()")
}

// See waits until a text is on the page.
func (p *Page) See(text string) {
	p.tb.Helper()
	p.waitFor("does not show "+text, "document.body && document.body.innerText.includes("+quoted(text)+")")
}

// SeeNot makes sure that a text is not on the page.
func (p *Page) SeeNot(text string) {
	p.tb.Helper()
	if strings.Contains(p.seen(), text) {
		p.tb.Fatalf("%s shows %q:\n%s", p.at(), text, p.seen())
	}
}

// waitFor waits for a condition, however long that takes: whoever runs the tests ends
// them when nothing happens any more. What it waits for in vain is told once.
func (p *Page) waitFor(complaint, condition string) {
	p.tb.Helper()
	const look, long = 20 * time.Millisecond, time.Minute
	began, tell := time.Now(), time.After(long)
	for {
		looked := time.Now()
		holds, err := chromedp.Run(p.ctx, chromedp.Evaluate[bool](condition))
		if err == nil && holds {
			return
		}
		select {
		case <-p.ctx.Done():
			p.tb.Fatalf("the browser has ended: %v", err)
		case <-tell:
			p.tb.Logf("after %s, %s %s (%v):\n%s", long, p.at(), complaint, err, p.seen())
		case <-time.After(max(look, time.Since(began)/20, 4*time.Since(looked))): // waiting is no work
		}
	}
}

// Number runs JavaScript in the page and gives the number that it gives.
func (p *Page) Number(code string) int {
	p.tb.Helper()
	return evaluate[int](p, code)
}

// Holds says whether a condition of JavaScript holds in the page.
func (p *Page) Holds(code string) bool {
	p.tb.Helper()
	return evaluate[bool](p, code)
}

// Words runs JavaScript in the page and gives the text that it gives.
func (p *Page) Words(code string) string {
	p.tb.Helper()
	return evaluate[string](p, code)
}

// Weight says how many bytes the page took, and how deep its requests lie: 1 is
// the document, 2 what it loads, 3 what that loads.
func (p *Page) Weight() (bytes, depth int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	depths := map[string]int{}
	for _, r := range p.requests {
		at := 1
		if !r.document {
			at = depths[r.from] + 1
			if depths[r.from] == 0 {
				at = 2
			}
		}
		depths[r.url] = at
		depth = max(depth, at)
		bytes += int(r.bytes)
	}
	return bytes, depth
}

// Screenshot writes a picture of what the window shows.
func (p *Page) Screenshot(path string) {
	p.tb.Helper()
	p.run(func(ctx context.Context) error {
		picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
		if err != nil {
			return err
		}
		return os.WriteFile(path, picture, 0o644)
	})
}

// Close closes the window.
func (p *Page) Close() { p.end() }

// quoted writes a text as JavaScript.
func quoted(text string) string {
	written, err := json.Marshal(text)
	if err != nil {
		return `""`
	}
	return string(written)
}
